"""``POST /v1/acceptances/redeem``."""

import base64
import json
import threading
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout_widgets.edge import snapshot
from checkout_widgets.models import Acceptance
from tests import factories


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


@pytest.mark.django_db(transaction=True)
def test_redeem_at_once_works_for_one_only(store, post, bearer, token):
    snapshot.refresh()
    codes = []

    def redeem():
        data = json.dumps({"acceptance_token": token})
        response = Client().post("/v1/acceptances/redeem", data, content_type="text/plain", headers=bearer)
        codes.append(response.status_code)
        connection.close()

    threads = [threading.Thread(target=redeem) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409, 409]


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


@given(st.binary(max_size=200) | st.dictionaries(st.just("acceptance_token"), st.text() | st.integers()))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_redeem_and_accept_any_body_is_refused_with_a_code(post, bearer, body):
    for path in ("/v1/acceptances/redeem", "/v1/accept"):
        response = post(path, body, refresh=False, **bearer)
        assert refused(response) in {(400, "bad_json"), (400, "bad_field"), (401, "bad_token")}
