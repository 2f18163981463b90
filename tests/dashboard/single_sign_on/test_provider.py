"""What the provider answers: a token that isn't signed by it for this login lets nobody in."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from dashboard.models import SignOnRefusal
from dashboard.single_sign_on import provider as ours
from tests import factories
from tests.dashboard.single_sign_on.logging_in import (
    begin,
    callback_of,
    come_back,
    link,
    refused,
)

# the provider's warnings about its own libraries
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def with_claims(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | more


FORGED = {
    "issuer": with_claims(iss="https://evil.example"),
    "audience": with_claims(aud="another-client"),
    "audience that names us as the authorized party": with_claims(aud="another-client", azp="offerlift"),
    "several audiences": with_claims(aud=["offerlift", "another-client"], azp="offerlift"),
    "nonce": with_claims(nonce="another"),
    "no nonce": without("nonce"),
    "no subject": without("sub"),
    "no audience": without("aud"),
    "no issuer": without("iss"),
    "no expiry": without("exp"),
    "expired": with_claims(exp=int(time.time()) - 120),
    "from the future": with_claims(iat=int(time.time()) + 3600, nbf=int(time.time()) + 3600),
    "subject of another type": with_claims(sub=["s-ada"]),
    "too long a subject": with_claims(sub="s" * 300),
    "token of another access": with_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("name", FORGED)
def test_token_with_a_wrong_claim_is_refused_though_its_signature_is_right(provider, ada, client, name):
    link(provider, ada)
    provider.change_claims(FORGED[name])
    refused(come_back(provider, client), client, "wrong_token")


@pytest.mark.slow
def test_token_signed_by_another_key_that_bears_the_providers_name_is_refused(provider, ada, client, caplog):
    link(provider, ada)
    callback = callback_of(provider, client)
    forger = RSAKey.generate_key(2048, {"kid": provider.key.kid})
    provider.change_claims(lambda claims: claims, forger)
    refusal = refused(client.get(callback), client, "wrong_token")
    assert refusal.detail.startswith("BadSignatureError")
    secret = parse_qs(urlsplit(callback).query)["code"][0]
    assert secret not in caplog.text
    assert "a secret of ours" not in caplog.text


def unsigned(claims: dict[str, Any], key: RSAKey) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": key.kid}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def by_secret(secret: bytes) -> Callable[[dict[str, Any], RSAKey], str]:
    """HS256 by hand: libraries refuse to sign by a public key."""

    def sign(claims: dict[str, Any], key: RSAKey) -> str:
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": key.kid}, claims)]
        signed = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        digest = hmac.new(secret, signed.encode(), "sha256").digest()
        return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    return sign


def by_public_key(claims: dict[str, Any], key: RSAKey) -> str:
    return by_secret(key.as_pem(private=False))(claims, key)


@pytest.mark.parametrize("sign", [unsigned, by_secret(b"a secret of ours"), by_public_key])
def test_token_without_a_signature_by_a_key_pair_is_refused_whatever_the_provider_says_it_uses(
    provider, ada, client, sign
):
    link(provider, ada)
    provider.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}

    def tamper(tokens: dict[str, Any]) -> dict[str, Any]:
        claims = dict(jwt.decode(tokens["id_token"], provider.key).claims)
        return tokens | {"id_token": sign(claims, provider.key)}

    provider.tamper = tamper
    refused(come_back(provider, client), client, "wrong_token")


@pytest.mark.parametrize(
    "tokens", [{}, {"access_token": "x", "token_type": "Bearer"}, {"id_token": "x"}, {"id_token": 1}, {"error": "no"}]
)
def test_answer_without_a_token_is_refused(provider, ada, client, tokens):
    link(provider, ada)
    provider.tamper = lambda _: tokens
    refused(come_back(provider, client), client, "wrong_token")


@pytest.mark.slow
def test_token_of_another_login_is_refused_by_its_nonce(provider, ada, client):
    link(provider, ada)
    caught: list[str] = []

    def catch(tokens: dict[str, Any]) -> dict[str, Any]:
        caught.append(tokens["id_token"])
        return tokens

    provider.tamper = catch
    come_back(provider, client)
    provider.tamper = lambda tokens: tokens | {"id_token": caught[0]}
    thief = Client()
    refused(come_back(provider, thief), thief, "wrong_token")


def test_user_info_of_another_subject_is_refused(provider, ada, client):
    link(provider, ada)
    provider.set_person("s-ada")
    provider.change_claims(with_claims(sub="s-other"))
    link(provider, factories.make_user(), "s-other")
    refused(come_back(provider, client), client, "wrong_token")


def test_provider_that_says_no_and_one_that_is_away(provider, ada, client, settings):
    begin(client)
    refused(client.get("/login/sso/callback/?error=access_denied&state=x"), client, "denied")
    SignOnRefusal.objects.all().delete()
    provider.metadata = {"issuer": "https://evil.example"}
    ours.app_of.cache_clear()
    refused(client.get("/login/sso/"), client, "unreachable")
    SignOnRefusal.objects.all().delete()
    provider.metadata = {"token_endpoint": "http://elsewhere.example/token"}
    ours.app_of.cache_clear()
    refused(client.get("/login/sso/"), client, "unreachable")
