"""What all endpoints share: methods, sizes, keys, origins, bad input, and a database that is away."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError
from django.test import override_settings
from django.urls import reverse
from psycopg.errors import CheckViolation, UniqueViolation

from checkout_widgets.edge import call, live_configuration
from checkout_widgets.edge.rate import RateLimit
from experiments.models import Rejection, Store
from tests import factories
from tests.checkout_widgets.edge.conftest import SHOP

PUBLIC = ["decide", "events", "accept"]
SERVER = ["redeem", "orders"]
DECIDE = {"key": "pk_shop", "moments": ["cart"], "visitor_id": "v_1"}
EVENTS = {"key": "pk_shop", "visitor_id": "v_1", "events": [{}]}


def caused(error: Exception, cause: Exception) -> Exception:
    """The error as Django wraps the driver's."""
    error.__cause__ = cause
    return error


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize("name", PUBLIC + SERVER)
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_endpoint_other_method_than_post_is_refused(client, store, name, method):
    response = getattr(client, method)(reverse(name))
    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("name", PUBLIC + SERVER)
def test_endpoint_body_of_a_megabyte_is_refused_unread(client, store, name):
    def read(*args):
        raise AssertionError("the body was read")

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("django.test.client.FakePayload.read", read)
        response = client.post(reverse(name), b" " * 1_000_000, content_type="text/plain")
    assert code_of(response) == (413, "too_large")


@pytest.mark.parametrize("length", ["-1", "many", "9" * 30, "9" * 5_000])
def test_endpoint_impossible_length_is_refused(client, store, length):
    assert code_of(client.post("/v1/decide", b"{}", content_type="text/plain", CONTENT_LENGTH=length))[0] == 413


BAD_JSON = [
    b"",
    b"{",
    b"nonsense",
    b'{"key": "pk_shop", "moments": ["cart"]} trailing',
    b'{"key": "pk_shop", "moments": ["cart"], "x": NaN}',
    b'{"key": "pk_shop", "moments": ["cart"], "x": Infinity}',
    b"\xff\xfe\x00",
    b'{"key": "\xff"}',
    b'{"key": "pk_shop", "visitor_id": "\\ud800", "moments": ["cart"]}',
    b'{"key": "pk_shop", "x": ' + b"[" * 20_000,
    b"[" * 20_000,
]


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("body", BAD_JSON, ids=lambda body: body[:20].decode("latin1"))
def test_endpoint_broken_json_is_refused(store, post, name, body):
    status, code = code_of(post(reverse(name), body))
    assert (status, code) in {(400, "bad_json"), (400, "bad_field")}


@pytest.mark.parametrize("name", SERVER)
def test_endpoint_of_servers_20000_brackets_are_refused(store, post, name):
    body = b"[" * 20_000
    response = post(reverse(name), body, Authorization=f"Bearer {store.secret_key}")
    assert code_of(response) == (400, "bad_field")
    inside = post(reverse(name), b'{"x":' + body, Authorization=f"Bearer {store.secret_key}")
    assert code_of(inside) == (400, "bad_json")


@pytest.mark.parametrize("key", ["", "pk_nobody", "sk_shop_0123456789abcdef0123456789abcdef", None])
def test_endpoint_unknown_key_is_refused(store, post, key):
    assert code_of(post("/v1/decide", DECIDE | {"key": key})) == (401, "unknown_key")


@pytest.mark.parametrize("name", SERVER)
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer sk_nobody", "Bearer pk_shop", "Basic {secret}", "Bearer ü"]
)
def test_endpoint_of_servers_needs_the_secret_key(store, post, name, header):
    headers = {} if header is None else {"Authorization": header.format(secret=store.secret_key)}
    assert code_of(post(reverse(name), {}, **headers)) == (401, "unknown_key")


def test_endpoint_secret_key_stands_for_key_and_origin(experiment, store, post):
    body = {"moments": ["cart"]}
    bearer = {"Authorization": f"Bearer {store.secret_key}"}
    assert post("/v1/decide", body, Origin="https://evil.example", **bearer).status_code == 200
    assert post("/v1/decide", body | {"key": "pk_shop"}, **bearer).status_code == 200
    assert code_of(post("/v1/decide", body | {"key": "pk_other"}, **bearer)) == (401, "unknown_key")


def test_endpoint_previous_secret_key_counts_until_it_expires(experiment, store, post):
    bearer = {"Authorization": f"Bearer {store.secret_key}"}
    store.rotate_secret_key()
    assert post("/v1/decide", {"moments": ["cart"]}, **bearer).status_code == 200
    assert post("/v1/decide", {"moments": ["cart"]}, Authorization=f"Bearer {store.secret_key}").status_code == 200
    Store.objects.update(previous_secret_key_expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert code_of(post("/v1/decide", {"moments": ["cart"]}, **bearer)) == (401, "unknown_key")


@pytest.mark.parametrize("origin", [SHOP, "https://SHOP.example", "http://testserver", "https://testserver"])
def test_endpoint_allowed_origin_may_read_the_answer(experiment, post, origin):
    response = post("/v1/decide", DECIDE, Origin=origin, Host="testserver")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == origin
    assert response["Vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://shop.example", "null", "https://shop.example.evil"])
def test_endpoint_foreign_origin_is_refused_and_may_not_read_why(experiment, post, origin):
    response = post("/v1/decide", DECIDE, Origin=origin)
    assert code_of(response) == (403, "bad_origin")
    assert "Access-Control-Allow-Origin" not in response


def test_endpoint_origin_of_another_store_is_foreign(experiment, post):
    factories.make_store(allowed_origins=["https://other.example/"])
    response = post("/v1/decide", DECIDE, Origin="https://other.example")
    assert code_of(response) == (403, "bad_origin")
    assert "Access-Control-Allow-Origin" not in response


def test_endpoint_without_origin_no_header_is_sent(experiment, post):
    response = post("/v1/decide", DECIDE)
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_endpoint_refusal_can_be_read_by_the_stores_pages(experiment, post):
    response = post("/v1/decide", b"{", Origin=SHOP)
    assert response.status_code == 400
    assert response["Access-Control-Allow-Origin"] == SHOP


@override_settings(MIDDLEWARE=[])  # the console's would refuse the host before
def test_endpoint_host_that_is_not_ours_is_no_own_origin(experiment, post):
    response = post("/v1/decide", DECIDE, Origin="https://evil.example", Host="evil.example")
    assert code_of(response) == (403, "bad_origin")


def test_endpoint_preflight_is_answered_for_known_origins(client, store):
    response = client.options("/v1/decide", headers={"Origin": SHOP})
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert response["Access-Control-Allow-Methods"] == "POST"
    assert response["Access-Control-Allow-Headers"] == "Content-Type"
    foreign = client.options("/v1/decide", headers={"Origin": "https://evil.example"})
    assert code_of(foreign) == (403, "bad_origin")
    assert "Access-Control-Allow-Origin" not in foreign


@pytest.mark.parametrize("name", SERVER)
def test_endpoint_of_servers_lets_no_page_read(store, post, name):
    response = post(reverse(name), {}, Origin=SHOP, Authorization=f"Bearer {store.secret_key}")
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("path", ["/v1/", "/v1/decide/", "/v1/decidé", "/v1/a/b"])
def test_endpoint_unknown_address_is_not_found(client, path):
    assert path == "/v1/" or code_of(client.post(path)) == (404, "not_found")


def test_endpoint_answers_are_not_cached(experiment, post):
    assert post("/v1/decide", DECIDE)["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (EVENTS | {"sent_at": 7}, {}, "bad_field"),
        (EVENTS, {"Origin": "https://evil.example"}, "bad_origin"),
        (EVENTS | {"events": [{}] * 51}, {}, "too_large"),
    ],
)
def test_endpoint_refused_request_is_counted_where_the_store_is_known(store, post, body, headers, code):
    assert post("/v1/events", body, **headers).status_code >= 400
    rejection = Rejection.objects.get()
    assert (rejection.store, rejection.source, rejection.code, rejection.count) == (store, "events", code, 1)


def test_endpoint_refused_request_of_nobody_is_not_counted(store, post):
    post("/v1/events", EVENTS | {"key": "pk_nobody"})
    post("/v1/events", b"{")
    assert not Rejection.objects.exists()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DataError("invalid value"), (400, "bad_field")),
        (caused(IntegrityError("check"), CheckViolation()), (400, "bad_field")),
        (caused(IntegrityError("key"), UniqueViolation()), (503, "unavailable")),
        (KeyError("lines"), (503, "unavailable")),
    ],
)
def test_endpoint_only_what_can_be_over_soon_is_to_be_sent_again(store, post, monkeypatch, error, expected):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("experiments.accounting.ingestion.record_events", fail)
    response = post("/v1/events", EVENTS, Origin=SHOP)
    assert code_of(response) == expected
    assert ("Retry-After" in response) == (expected[0] == 503)


class TestDatabaseAway:
    @pytest.fixture(autouse=True)
    def away(self, experiment):
        def fail(*args, **kwargs):
            raise OperationalError("the server closed the connection unexpectedly")

        live_configuration.refresh()
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
            yield

    def test_decide_goes_on_from_memory(self, post):
        assert post("/v1/decide", DECIDE, refresh=False).status_code == 200

    def test_events_ask_to_come_back(self, post):
        event = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "error", "at": datetime.now(UTC).isoformat()}
        response = post("/v1/events", EVENTS | {"events": [event]}, refresh=False, Origin=SHOP)
        assert code_of(response) == (503, "unavailable")
        assert int(response["Retry-After"]) > 0
        assert response["Access-Control-Allow-Origin"] == SHOP

    def test_first_request_of_a_process_asks_to_come_back(self, post):
        live_configuration.forget()
        response = post("/v1/decide", DECIDE, refresh=False)
        assert code_of(response) == (503, "unavailable")
        assert int(response["Retry-After"]) > 0


class TestRateLimit:
    @pytest.fixture(autouse=True)
    def limit(self, experiment, monkeypatch):
        monkeypatch.setattr(call, "rate_limit", RateLimit(2))

    def test_too_many_calls_are_slowed_down(self, post):
        assert [post("/v1/decide", DECIDE).status_code for _ in range(3)] == [200, 200, 429]
        response = post("/v1/decide", DECIDE, Origin=SHOP)
        assert code_of(response) == (429, "slow_down")
        assert 1 <= int(response["Retry-After"]) <= 30
        assert response["Access-Control-Allow-Origin"] == SHOP

    def test_other_stores_and_addresses_are_counted_apart(self, post, client):
        factories.make_store(site_key="pk_other")
        for _ in range(3):
            post("/v1/decide", DECIDE)
        assert post("/v1/decide", DECIDE | {"key": "pk_other"}).status_code == 200
        body = json.dumps(DECIDE)
        assert client.post("/v1/decide", body, content_type="text/plain", REMOTE_ADDR="10.1.1.1").status_code == 200

    def test_secret_key_is_not_limited(self, store, post):
        bearer = {"Authorization": f"Bearer {store.secret_key}"}
        assert {post("/v1/decide", DECIDE, **bearer).status_code for _ in range(5)} == {200}

    def test_proxy_that_the_settings_do_not_know_lifts_the_limit(self, post):
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        assert {post("/v1/decide", DECIDE, **forwarded).status_code for _ in range(5)} == {200}

    @override_settings(EDGE_PROXIES=1)
    def test_behind_a_known_proxy_its_word_counts_and_no_other(self, post):
        codes = [post("/v1/decide", DECIDE, **{"X-Forwarded-For": f"{n}, 203.0.113.9"}).status_code for n in range(3)]
        assert codes == [200, 200, 429]
        assert post("/v1/decide", DECIDE, **{"X-Forwarded-For": "203.0.113.10"}).status_code == 200
