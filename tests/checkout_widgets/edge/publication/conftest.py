"""A folder that the configuration is published into, and who follows it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.follower import PublicationFollower
from checkout_widgets.edge.publication.publisher import Publisher

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)  # so that nobody is still catching up with it


@pytest.fixture
def folder(tmp_path: Path) -> ConfigurationFolder:
    return ConfigurationFolder(tmp_path / "published")


@pytest.fixture
def publisher(folder: ConfigurationFolder) -> Publisher:
    return Publisher(folder)


@pytest.fixture
def follower(folder: ConfigurationFolder) -> PublicationFollower:
    return PublicationFollower(folder, None)
