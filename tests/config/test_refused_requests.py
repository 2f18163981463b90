"""Refusals in the log, and values that nothing but the database refuses."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.test import Client, RequestFactory

from config.refused_requests import RefusedValues, WithoutTraceback
from tests import factories


def formatted(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The log as ``settings.LOGGING`` writes it."""
    lines = []
    for record in caplog.records:
        WithoutTraceback().filter(record)
        lines.append(logging.Formatter("%(name)s %(message)s").format(record))
    return lines


@pytest.mark.django_db
def test_foreign_host_and_403_are_one_line_each(caplog, monkeypatch):
    client = Client()
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get("/tests/", headers={"host": "evil.example"}).status_code == 400

    def refuse(*args, **kwargs):
        raise PermissionDenied

    monkeypatch.setattr("dashboard.views.ExperimentList", refuse)
    assert client.get("/tests/").status_code == 403
    lines = formatted(caplog)
    assert any("Invalid HTTP_HOST header" in line for line in lines)
    assert any("Forbidden" in line for line in lines)
    assert [line for line in lines if "\n" in line] == []


def test_what_failed_keeps_its_traceback():
    try:
        raise KeyError("x")
    except KeyError as error:
        record = logging.LogRecord("django.request", 40, "", 1, "Failed", None, (KeyError, error, error.__traceback__))
    record.status_code = 500
    WithoutTraceback().filter(record)
    assert record.exc_info


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "kind"), [("/tests/", "text/html"), ("/api/v1/events/", "application/json")])
def test_value_that_only_the_database_refuses_is_400(path, kind):
    request = RequestFactory().get(path)
    request.user = factories.make_user()
    answer = RefusedValues(lambda request: None).process_exception(request, DataError("out of range"))  # type: ignore
    assert answer is not None
    assert (answer.status_code, answer["content-type"].partition(";")[0]) == (400, kind)
    assert RefusedValues(lambda request: None).process_exception(request, KeyError("x")) is None  # type: ignore
