"""``POST /v1/acceptances/redeem``."""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Acceptance
from experiments.models import Store
from tests import factories
from tests.checkout_widgets.edge.conftest import Post
from tests.examples import examples


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
def bearer(store):
    return {"Authorization": f"Bearer {store.secret_key}"}


@pytest.fixture
def token(post, body):
    return post("/v1/accept", body).json()["acceptance_token"]


def test_redeem_gives_the_claims_once(post, bearer, token, body):
    response = post("/v1/acceptances/redeem", {"acceptance_token": token}, **bearer)
    assert response.status_code == 200
    assert response.json()["sub"] == body["visitor_id"]
    assert response.json()["total_minor"] == 990
    assert Acceptance.objects.get().redeemed_at is not None
    again = post("/v1/acceptances/redeem", {"acceptance_token": token}, **bearer)
    assert refused(again) == (409, "already_redeemed")
    assert datetime.fromisoformat(again.json()["error"]["redeemed_at"]) == Acceptance.objects.get().redeemed_at


def redeemed(post: Post, bearer: dict[str, str], token: str, reference: str | None) -> Any:
    body = {"acceptance_token": token} | ({"reference": reference} if reference else {})
    response = post("/v1/acceptances/redeem", body, refresh=False, **bearer)
    return response.json() if response.status_code == 200 else refused(response)


def expire(token: str, store: Store) -> str:
    """The token as it is half an hour later."""
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    Acceptance.objects.update(expires_at=past)
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims | {"exp": int(past.timestamp())}, store.secret_key, "HS256")


def test_redeem_same_reference_gets_the_answer_again_also_after_expiry(store, post, bearer, token):
    first = redeemed(post, bearer, token, "5501")
    at = Acceptance.objects.get().redeemed_at
    assert first["total_minor"] == 990
    assert redeemed(post, bearer, token, "5501") == first
    expired = expire(token, store)
    assert redeemed(post, bearer, expired, "5501")["jti"] == first["jti"]
    for other in ("5502", None):
        assert redeemed(post, bearer, expired, other) == (409, "already_redeemed")
    row = Acceptance.objects.get()
    assert (row.redeemed_at, row.reference) == (at, "5501")


def test_redeem_without_a_reference_is_not_redeemed_again_with_one(post, bearer, token):
    assert redeemed(post, bearer, token, None)["total_minor"] == 990
    for other in ("5501", None):
        assert redeemed(post, bearer, token, other) == (409, "already_redeemed")


def test_redeem_expired_token_that_was_never_redeemed_is_refused_with_a_reference_too(store, post, bearer, token):
    expired = expire(token, store)
    assert redeemed(post, bearer, expired, "5501") == (401, "bad_token")
    assert Acceptance.objects.get().redeemed_at is None


@pytest.mark.parametrize("reference", ["", "x" * 65, "\x00", 5501, []])
def test_redeem_reference_that_is_none_is_refused_by_name(post, bearer, token, reference):
    response = post("/v1/acceptances/redeem", {"acceptance_token": token, "reference": reference}, **bearer)
    assert (response.status_code, response.json()["error"]["field"]) == (400, "reference")


def redeemed_at_once(bearer: dict[str, str], token: str, references: list[str | None]) -> list[int]:
    """The statuses of calls that begin together."""
    live_configuration.refresh()
    statuses: list[int] = []
    start = threading.Barrier(len(references))

    def redeem(reference: str | None) -> None:
        data = json.dumps({"acceptance_token": token, "reference": reference})
        start.wait()
        response = Client().post("/v1/acceptances/redeem", data, content_type="text/plain", headers=bearer)
        statuses.append(response.status_code)
        connection.close()

    threads = [threading.Thread(target=redeem, args=[reference]) for reference in references]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("references", "statuses"),
    [
        ([None] * 5, [200, 409, 409, 409, 409]),
        (["5501"] * 5, [200] * 5),
        (["5501", "5502", "5503", "5504", "5505"], [200, 409, 409, 409, 409]),
    ],
)
def test_redeem_at_once_works_for_one_reference_only(store, post, bearer, token, references, statuses):
    assert redeemed_at_once(bearer, token, references) == statuses


def test_redeem_token_of_the_previous_secret_key_counts_in_the_overlap(store, post, token):
    store.rotate_secret_key()
    bearer = {"Authorization": f"Bearer {store.secret_key}"}
    assert post("/v1/acceptances/redeem", {"acceptance_token": token}, **bearer).status_code == 200


def test_redeem_expired_token_is_refused(store, post, bearer, token):
    claims = jwt.decode(token, options={"verify_signature": False})
    expired = jwt.encode(claims | {"exp": claims["iat"] - 1}, store.secret_key, "HS256")
    assert refused(post("/v1/acceptances/redeem", {"acceptance_token": expired}, **bearer)) == (401, "bad_token")


def test_redeem_tokens_that_we_did_not_sign_are_refused(store, post, bearer, token):
    claims = jwt.decode(token, options={"verify_signature": False})
    part = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    forged = [
        jwt.encode(claims, "another-key-" * 4, "HS256"),
        jwt.encode(claims | {"aud": "other"}, store.secret_key, "HS256"),
        jwt.encode(claims | {"iss": "other"}, store.secret_key, "HS256"),
        jwt.encode(claims | {"jti": str(uuid4())}, store.secret_key, "HS256"),
        jwt.encode(claims | {"jti": "7"}, store.secret_key, "HS256"),
        jwt.encode(claims | {"exp": float("inf")}, store.secret_key, "HS256"),
        jwt.encode(claims | {"experiment": "\x00"}, store.secret_key, "HS256"),
        jwt.encode(claims | {"experiment": "x" * 65}, store.secret_key, "HS256"),
        jwt.encode(claims | {"lines": [{"sku": "x"}]}, store.secret_key, "HS256"),
        jwt.encode({name: claims[name] for name in claims if name != "lines"}, store.secret_key, "HS256"),
        base64.urlsafe_b64encode(b"[" * 2_000).decode() + ".e30.e30",
        part + "." + token.split(".")[1] + ".",
        token[:-2],
        "nonsense",
        "\u0000",
        "ü.ü.ü",
    ]
    for text in forged:
        assert refused(post("/v1/acceptances/redeem", {"acceptance_token": text}, **bearer)) == (401, "bad_token")
    assert Acceptance.objects.get().redeemed_at is None


def test_redeem_with_another_stores_key_is_refused(post, token):
    other = factories.make_store()
    bearer = {"Authorization": f"Bearer {other.secret_key}"}
    assert refused(post("/v1/acceptances/redeem", {"acceptance_token": token}, **bearer)) == (401, "bad_token")


@pytest.mark.slow
@given(st.binary(max_size=200) | st.dictionaries(st.just("acceptance_token"), st.text() | st.integers()))
@examples(100)
def test_redeem_and_accept_any_body_is_refused_with_a_code(post, bearer, body):
    for path in ("/v1/acceptances/redeem", "/v1/accept"):
        response = post(path, body, refresh=False, **bearer)
        assert refused(response) in {(400, "bad_json"), (400, "bad_field"), (401, "bad_token")}
