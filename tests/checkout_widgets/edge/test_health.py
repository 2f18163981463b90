"""Whether the edge can answer."""

import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.health import health
from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.publisher import Publisher

pytestmark = pytest.mark.django_db
REQUEST = RequestFactory().get("/healthz")


def test_health_names_the_configuration_that_it_answers_from():
    version = live_configuration.refresh().version
    assert json.loads(health(REQUEST).content) == {"status": "ok", "configuration": version}


def test_health_goes_on_without_the_database_once_there_is_a_configuration():
    live_configuration.refresh()
    with patch("checkout_widgets.edge.loading.load", side_effect=OperationalError):
        assert health(REQUEST).status_code == 200


def test_health_of_an_edge_that_follows_says_since_when_and_what_it_refused(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    folder = ConfigurationFolder(tmp_path / "published")
    settings.CONFIGURATION_URL = f"file://{folder.path}"
    published_at = datetime.now(UTC) - timedelta(minutes=10)
    index = Publisher(folder).publish_changes(published_at)
    live_configuration.forget()
    said = json.loads(health(REQUEST).content)
    heard_at = datetime.fromisoformat(said.pop("heard_at"))
    assert datetime.now(UTC) - heard_at < timedelta(minutes=1)
    assert datetime.fromisoformat(said.pop("published_at")) - published_at < timedelta(seconds=1)
    assert said == {"status": "ok", "configuration": index.version, "refused": {}}


def test_health_of_an_edge_without_anything_to_follow_is_unavailable(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    settings.CONFIGURATION_URL = f"file://{tmp_path}/nothing"
    live_configuration.forget()
    answer = health(REQUEST)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["status"] == "no configuration"


def test_health_without_a_configuration_is_unavailable():
    live_configuration.forget()
    with patch("checkout_widgets.edge.loading.load", side_effect=OperationalError):
        assert health(REQUEST).status_code == 503
