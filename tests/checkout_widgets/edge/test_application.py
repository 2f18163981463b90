"""The edge as a WSGI application: the same answers as through Django."""

import io
import json
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from checkout_widgets.edge import application, live_configuration
from checkout_widgets.edge.urls import urlpatterns
from experiments.models import Rejection
from tests.checkout_widgets.edge.conftest import SHOP

BODY = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"]}


def call(path: str, body: bytes, method: str = "POST", **headers: str) -> tuple[str, dict[str, str], bytes]:
    """What a WSGI server would send."""
    sent: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    } | headers
    served = application.EdgeApplication(urlpatterns, WSGIHandler())
    content = b"".join(served(environ, lambda status, headers: sent.extend((status, headers))))
    return sent[0], dict(sent[1]), content


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/events", "/v1/orders", "/v1/nothing", "/s/upsell.js"])
@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("offers.example", True),
        ("OFFERS.example:8443", True),
        ("a.shops.example", True),
        ("evil.example", False),
        ("offers.example.evil.example", False),
        ("offers.example@evil.example", False),
        ("", False),
    ],
)
def test_application_answers_for_its_own_hosts_alone(store, settings, path, host, is_ours):
    settings.ALLOWED_HOSTS = ["offers.example", ".shops.example"]
    live_configuration.refresh()
    method = "GET" if path.endswith(".js") else "POST"
    status, _, content = call(path, b"{}", method, HTTP_HOST=host)
    assert (b"bad_host" not in content) == is_ours
    assert (status == "400 Bad Request" and b"bad_host" in content) != is_ours


def test_application_health_is_told_to_any_host(store, settings):
    settings.ALLOWED_HOSTS = ["offers.example"]
    live_configuration.refresh()
    assert b"bad_host" in call("/v1/decide", b"{}", HTTP_HOST="10.0.0.7:8001")[2]
    settings.ALLOWED_HOSTS = ["testserver"]  # of which Django's own check, behind the edge's, has to know
    assert b"bad_host" not in call("/healthz", b"", "GET", HTTP_HOST="10.0.0.7:8001")[2]


def test_application_answers_what_django_answers(experiment, post):
    throughout = post("/v1/decide", BODY, Origin=SHOP)
    status, headers, content = call("/v1/decide", json.dumps(BODY).encode(), HTTP_ORIGIN=SHOP)
    assert status == "200 OK"
    assert json.loads(content)["decisions"][0]["variant"] == throughout.json()["decisions"][0]["variant"]
    for name in ("Content-Type", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "X-Content-Type-Options"):
        assert headers[name] == throughout[name]
    assert headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize(("padding", "status"), [(0, "200 OK"), (60_000, "413 Request Entity Too Large")])
def test_application_body_of_unknown_length_is_read_to_the_limit(experiment, padding, status):
    """As servers hand over what was sent in chunks: without a length, ended by the input itself."""
    body = json.dumps(BODY).encode() + b" " * padding
    assert call("/v1/decide", body, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")[0] == status


def test_application_does_not_wake_django_for_a_decision(experiment, monkeypatch):
    monkeypatch.setattr(WSGIHandler, "get_response", None)
    assert call("/v1/decide", json.dumps(BODY).encode())[0] == "200 OK"


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/decide", "GET", "405 Method Not Allowed"),
        ("/v1/events", "POST", "400 Bad Request"),
        ("/v1/orders", "POST", "401 Unauthorized"),
        ("/v1/nothing", "POST", "404 Not Found"),
        ("/s/upsell.js", "GET", "200 OK"),
    ],
)
def test_application_serves_every_address(store, monkeypatch, path, method, status):
    monkeypatch.setattr(application, "close_old_connections", lambda: None)  # it would close the test's own
    assert call(path, b"{}", method, HTTP_HOST="testserver")[0] == status


@pytest.mark.django_db(transaction=True)
def test_application_connection_that_broke_is_replaced(store):
    live_configuration.refresh()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {store.secret_key}"}
    assert call("/v1/orders", b"{}", **bearer)[0] == "400 Bad Request"  # counted, with a query
    connection.ensure_connection()
    connection.connection.close()
    statuses = [call("/v1/orders", b"{}", **bearer)[0] for _ in range(2)]
    assert statuses == ["503 Service Unavailable", "400 Bad Request"]
    assert Rejection.objects.get().count == 2


def test_application_unexpected_failure_asks_to_come_again(experiment, monkeypatch, caplog):
    live_configuration.refresh()
    monkeypatch.setattr("checkout_widgets.edge.arbiter.choose", lambda *args: 1 / 0)
    status, headers, content = call("/v1/decide", json.dumps(BODY).encode())
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0
    assert json.loads(content)["error"]["code"] == "unavailable"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("path", "is_in_memory"),
    [("/healthz", True), ("/metrics", True), ("/s/upsell.js", True), ("/v1/webhooks/shopify/shop", False)],
)
def test_application_what_comes_from_memory_waits_for_no_database(path, is_in_memory):
    assert application.has_no_query({"PATH_INFO": path}) is is_in_memory
