"""A request has an id in its answer and in the log."""

import logging
import re
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from checkout_widgets.edge import endpoint
from config import request_ids
from config.log_privacy import LineWithoutAddresses

GIVEN = "0123456789abcdef0123456789abcdef"
ENVIRON = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/events"}


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the settings' handler writes, by their filters and as a line."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    handler.setFormatter(LineWithoutAddresses(settings.LOGGING["formatters"]["line"]["format"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_answer_has_the_id_that_the_proxy_gave():
    assert Client().get("/healthz", headers={"x-request-id": GIVEN})["X-Request-ID"] == GIVEN


@pytest.mark.django_db
@pytest.mark.parametrize("made_up", ["", "ada@shop.example", "v_1", "0" * 500])
def test_made_up_id_is_replaced_and_not_logged(made_up, log):
    answer = Client().get("/healthz", headers={"x-request-id": made_up})
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert log.getvalue() == ""


@pytest.mark.django_db
def test_page_of_a_fault_names_the_id_that_the_log_has(log, monkeypatch):
    def fail(*arguments: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("dashboard.operations.views.HttpResponse", fail)
    monkeypatch.setattr("dashboard.operations.views.JsonResponse", fail, raising=False)
    client = Client(raise_request_exception=False)
    answer = client.get("/healthz", headers={"x-request-id": GIVEN})
    assert answer.status_code == 500
    assert GIVEN in answer.content.decode()
    assert f"django.request [{GIVEN}] " in log.getvalue()


def test_endpoint_that_fails_answers_with_the_id_that_the_log_has(log):
    answer = endpoint.failed(RuntimeError("broken"), ENVIRON | {"HTTP_X_REQUEST_ID": GIVEN})
    assert ("X-Request-ID", GIVEN) in answer.headers
    assert f"[{GIVEN}] /v1/events failed" in log.getvalue()


@pytest.mark.parametrize("made_up", ["ada@shop.example", "", "\u0660" * 32])
def test_endpoint_makes_an_id_where_none_can_be_used(made_up, log):
    answer = endpoint.failed(RuntimeError("broken"), ENVIRON | {"HTTP_X_REQUEST_ID": made_up})
    request_id = dict(answer.headers)["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", request_id)
    assert f"[{request_id}] " in log.getvalue()
    assert request_ids.current() == ""


def test_job_is_logged_by_its_number(log):
    def run() -> str:
        logging.getLogger("experiments").error("A statement failed")
        return "done"

    context: Any = SimpleNamespace(job=SimpleNamespace(id=7))
    assert request_ids.name_job(run, context, None) == "done"
    logging.getLogger("experiments").error("Nobody asked")
    assert "[job-7] A statement failed" in log.getvalue()
    assert "[-] Nobody asked" in log.getvalue()
