"""What an edge process says of the configuration that it follows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.metrics import metrics
from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.publisher import Publisher

pytestmark = pytest.mark.django_db
TOKEN = {"HTTP_AUTHORIZATION": "Bearer reads-metrics"}


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = ["reads-metrics"]


def lines(rf) -> list[str]:
    answer = metrics(rf.get("/metrics", **TOKEN))
    return [line for line in answer.content.decode().splitlines() if not line.startswith("#")]


def test_metrics_of_an_edge_on_the_database_name_the_version(rf):
    version = live_configuration.refresh().version
    assert lines(rf) == [f"offerlift_edge_configuration_version {version}.0"]


def test_metrics_of_an_edge_that_follows_count_what_it_refused_and_tell_the_age(
    rf, settings, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    folder = ConfigurationFolder(tmp_path / "published")
    settings.CONFIGURATION_URL = f"file://{folder.path}"
    index = Publisher(folder).publish_changes(datetime.now(UTC) - timedelta(minutes=10))
    live_configuration.forget()
    live_configuration.current()
    folder.write_index(b"changed")
    for _ in range(2):
        with pytest.raises(Exception, match="isn't ours"):
            live_configuration.refresh()
    found = dict(line.rsplit(" ", 1) for line in lines(rf))
    assert float(found.pop("offerlift_edge_configuration_age_seconds")) == pytest.approx(600, abs=30)
    assert {name: value for name, value in found.items() if not name.endswith("_created")} == {
        "offerlift_edge_configuration_version": f"{index.version}.0",
        'offerlift_edge_configuration_refused_total{reason="tampered"}': "1.0",
        'offerlift_edge_configuration_refused_total{reason="older"}': "0.0",
        'offerlift_edge_configuration_refused_total{reason="unknown_format"}': "0.0",
    }


@pytest.mark.parametrize("given", ["", "Bearer other", "Basic reads-metrics"])
def test_metrics_need_the_token(rf, given):
    assert metrics(rf.get("/metrics", HTTP_AUTHORIZATION=given)).status_code == 401
