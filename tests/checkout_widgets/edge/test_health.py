"""Whether the edge can answer."""

import json
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.health import health

pytestmark = pytest.mark.django_db
REQUEST = RequestFactory().get("/healthz")


def test_health_names_the_configuration_that_it_answers_from():
    version = live_configuration.refresh().version
    assert json.loads(health(REQUEST).content) == {"status": "ok", "configuration": version}


def test_health_goes_on_without_the_database_once_there_is_a_configuration():
    live_configuration.refresh()
    with patch("checkout_widgets.edge.loading.load", side_effect=OperationalError):
        assert health(REQUEST).status_code == 200


def test_health_without_a_configuration_is_unavailable():
    live_configuration.forget()
    with patch("checkout_widgets.edge.loading.load", side_effect=OperationalError):
        assert health(REQUEST).status_code == 503
