"""Single sign-on against a provider that none of us wrote: who gets in, who doesn't, and what is left of it."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from dashboard.models import SignOnLink, SignOnRefusal
from dashboard.single_sign_on import provider as ours
from experiments.models import AuditAction, Membership, Role, Store
from tests import factories
from tests.dashboard.single_sign_on.tampered_provider import TamperedProvider

# the provider's warnings about its own libraries
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PASSWORD = "correct horse"
ADDRESS = "ada@shop.example"


@pytest.fixture
def tea() -> Store:
    return factories.make_store(slug="tea")


@pytest.fixture
def ada(tea: Store) -> User:
    return factories.make_user(tea, username="ada", email=ADDRESS)


def begin(client: Client, query: str = "") -> str:
    """Where the console sends the browser."""
    answer = client.get(f"/login/sso/{query}")
    assert answer.status_code == 302, answer.content
    return str(answer["location"])


def callback_of(provider: TamperedProvider, client: Client, subject: str = "s-ada") -> str:
    """Where the provider sends the browser back to, once somebody has logged in there."""
    address = provider.consent(begin(client), subject)
    assert address.startswith("http://testserver/login/sso/callback/?")
    return address.removeprefix("http://testserver")


def come_back(provider: TamperedProvider, client: Client, subject: str = "s-ada") -> Any:
    return client.get(callback_of(provider, client, subject))


def is_logged_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def link(provider: TamperedProvider, person: User, subject: str = "s-ada") -> None:
    SignOnLink.objects.create(user=person, issuer=provider.url, subject=subject, linked_at=factories.NOON)


def refused(answer: Any, client: Client, reason: str) -> SignOnRefusal:
    """The one refusal that there is, of nobody who is logged in now."""
    assert answer.status_code in {403, 502}, answer.content
    assert not is_logged_in(client)
    refusal = SignOnRefusal.objects.get()
    assert refusal.reason == reason
    return refusal


def test_login_page_offers_it_and_it_asks_with_state_nonce_and_pkce(provider, ada, client):
    page = client.get("/login/?next=/offers/").content.decode()
    assert "Log in with Acme" in page
    asked = parse_qs(urlsplit(begin(client, "?next=/offers/")).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/login/sso/callback/"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 20
    other = parse_qs(urlsplit(begin(client)).query)
    assert all(asked[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_person_who_is_linked_logs_in_by_the_subject_whatever_the_address(provider, ada, client, settings):
    link(provider, ada)
    provider.set_person("s-ada", email="married@shop.example", email_verified=True, groups=["growth"])
    address = begin(client, "?next=/team/")
    answer = client.get(provider.consent(address, "s-ada").removeprefix("http://testserver"))
    assert answer["location"] == "/team/"
    assert is_logged_in(client)
    assert client.session.get_expiry_age() <= 12 * 3600
    challenge = parse_qs(urlsplit(address).query)["code_challenge"][0]
    verifier = provider.asked[-1]["code_verifier"][0]
    assert base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=") == challenge


def test_verified_address_is_linked_once_its_owner_has_logged_in_as_before(provider, ada, client):
    provider.set_person("s-ada", email=ADDRESS.upper(), email_verified=True, groups=["growth"])
    answer = come_back(provider, client)
    assert answer["location"].startswith("/login/")
    assert not is_logged_in(client)
    assert "log in once as before" in client.get("/login/").content.decode()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    assert SignOnLink.objects.get().user == ada
    assert AuditAction.SIGN_ON_LINKED in ada.memberships.first().store.audit_entries.values_list("action", flat=True)
    again = Client()
    assert come_back(provider, again)["location"] == "/"
    assert is_logged_in(again)


def test_verified_address_is_not_linked_by_somebody_elses_login_nor_later(provider, ada, client, tea):
    factories.make_user(tea, username="mallory")
    provider.set_person("s-ada", email=ADDRESS, email_verified=True)
    come_back(provider, client)
    client.post("/login/", {"username": "mallory", "password": PASSWORD})
    assert not SignOnLink.objects.exists()
    assert SignOnRefusal.objects.get().reason == "not_confirmed"
    assert AuditAction.SIGN_ON_REFUSED in tea.audit_entries.values_list("action", flat=True)
    late = Client()
    come_back(provider, late)
    session = late.session
    session["sign_on_unconfirmed"] |= {"at": time.time() - 601}
    session.save()
    late.post("/login/", {"username": "ada", "password": PASSWORD})
    assert is_logged_in(late)
    assert not SignOnLink.objects.exists()


def test_unverified_address_of_an_account_logs_nobody_in_even_with_groups(provider, ada, client):
    for value in (False, None, "false", 1, "yes"):
        SignOnRefusal.objects.all().delete()
        provider.set_person("s-mallory", email=ADDRESS, email_verified=value, groups=["growth-admins"])
        visitor = Client()
        refusal = refused(come_back(provider, visitor, "s-mallory"), visitor, "unverified")
        assert refusal.person == ada
    assert User.objects.count() == 1
    assert not SignOnLink.objects.exists()


def test_address_of_two_accounts_is_nobodys(provider, ada, client):
    factories.make_user(username="other", email=ADDRESS)
    provider.set_person("s-ada", email=ADDRESS, email_verified=True)
    refused(come_back(provider, client), client, "ambiguous")


def test_stranger_without_a_group_is_refused_and_told_what_to_do(provider, ada, client):
    provider.set_person("s-eve", email="eve@shop.example", email_verified=True, groups=["sales"])
    answer = come_back(provider, client, "s-eve")
    refused(answer, client, "unknown")
    assert "ask an admin of your store for an invitation" in answer.content.decode()


def test_stranger_with_a_group_gets_an_account_with_its_roles_and_no_password(provider, tea, client):
    pot = factories.make_store(slug="pot")
    factories.make_user(username="EVE")
    provider.set_person(
        "s-eve", email="eve@shop.example", email_verified=True, preferred_username="eve", groups=["growth"]
    )
    assert come_back(provider, client, "s-eve").status_code == 302
    eve = SignOnLink.objects.get().user
    assert (eve.username, eve.email, eve.has_usable_password(), eve.is_staff) == (
        "eve-2", "eve@shop.example", False, False,
    )  # fmt: skip
    roles = dict(Membership.objects.filter(user=eve).values_list("store__slug", "role"))
    assert roles == {"tea": "editor", "pot": "viewer"}
    assert pot.audit_entries.get().detail == {"member": "eve-2", "role": [None, "viewer"]}


def test_groups_give_raise_and_take_roles_in_their_stores_alone(provider, ada, tea):
    other = factories.make_store(slug="other")
    Membership.objects.create(user=ada, store=other, role=Role.ADMIN)
    Membership.objects.filter(user=ada, store=tea).update(role=Role.VIEWER)
    link(provider, ada)

    def roles_with(*groups: str, **more: Any) -> dict[str, str]:
        provider.set_person("s-ada", groups=list(groups), **more)
        come_back(provider, Client())
        return dict(Membership.objects.filter(user=ada).values_list("store__slug", "role"))

    assert roles_with("growth") == {"tea": "editor", "other": "admin"}
    assert roles_with("growth", "growth-admins") == {"tea": "admin", "other": "admin"}
    assert roles_with("sales") == {"other": "admin"}
    assert roles_with("growth") == {"tea": "editor", "other": "admin"}
    assert roles_with(_claim_names={"groups": "src1"}) == {"tea": "editor", "other": "admin"}, "not listed: unknown"
    details = [entry.detail["role"] for entry in tea.audit_entries.order_by("pk")]
    assert details == [["viewer", "editor"], ["editor", "admin"], ["admin", None], [None, "editor"]]
    ada.refresh_from_db()
    assert not ada.is_superuser


def test_groups_come_from_the_user_info_where_the_token_has_none(provider, ada, tea, client):
    link(provider, ada)
    provider.set_person("s-ada", groups=["growth-admins"])
    provider.change_claims(lambda claims: {name: value for name, value in claims.items() if name != "groups"})
    come_back(provider, client)
    assert Membership.objects.get(user=ada, store=tea).role == "admin"


def test_person_whose_session_a_new_password_has_ended_logs_in(provider, ada, client):
    link(provider, ada)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    ada.set_password("another one")
    ada.save()
    assert come_back(provider, client).status_code == 302
    assert is_logged_in(client)


def test_deactivated_person_is_refused(provider, ada, client):
    link(provider, ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert refused(come_back(provider, client), client, "deactivated").person == ada


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


def test_answer_counts_once_and_in_the_browser_that_began_alone(provider, ada, client):
    link(provider, ada)
    callback = callback_of(provider, client)
    thief = Client()
    begin(thief)
    refused(thief.get(callback), thief, "wrong_state")
    assert client.get(callback).status_code == 302
    assert is_logged_in(client)
    client.post("/logout/")
    SignOnRefusal.objects.all().delete()
    refused(client.get(callback), client, "wrong_state")


def test_code_of_another_login_is_refused_with_a_fresh_state(provider, ada, client):
    link(provider, ada)
    used = parse_qs(urlsplit(callback_of(provider, client)).query)
    assert client.get(f"/login/sso/callback/?code={used['code'][0]}&state={used['state'][0]}").status_code == 302
    thief = Client()
    state = parse_qs(urlsplit(begin(thief)).query)["state"][0]
    refused(thief.get(f"/login/sso/callback/?code={used['code'][0]}&state={state}"), thief, "wrong_token")


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


def test_account_is_linked_by_its_owner_with_the_password_and_by_nobody_elses_answer(provider, ada, client):
    provider.set_person("s-ada", email="home@else.example", email_verified=False)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/sso/", {"password": "wrong"}).status_code == 422
    answer = client.post("/account/sso/", {"password": PASSWORD})
    assert answer["Refresh"] == "0; url=/login/sso/"
    attacker = Client()
    foreign = callback_of(provider, attacker, "s-mallory")
    assert client.get(foreign).status_code == 403, "an answer that this browser hasn't begun"
    assert not SignOnLink.objects.exists()
    client.post("/account/sso/", {"password": PASSWORD})
    assert come_back(provider, client)["location"] == "/account/"
    assert SignOnLink.objects.get().user == ada
    assert "Unlink" in client.get("/account/").content.decode()


def test_subject_that_is_linked_is_not_linked_to_another_account(provider, ada, tea, client):
    link(provider, ada)
    mallory = factories.make_user(tea, username="mallory")
    client.force_login(mallory, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/account/sso/", {"password": PASSWORD})
    answer = come_back(provider, client)
    assert answer.status_code == 403
    assert SignOnLink.objects.get().user == ada


def test_unlinking_takes_the_password_ends_other_sessions_and_is_not_for_who_has_no_other_way(provider, ada, client):
    link(provider, ada)
    elsewhere = Client()
    come_back(provider, elsewhere)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/sso/unlink/", {"password": "wrong"}).status_code == 422
    assert client.post("/account/sso/unlink/", {"password": PASSWORD}).status_code == 302
    assert not is_logged_in(elsewhere)
    assert not SignOnLink.objects.exists()
    link(provider, ada)
    ada.set_unusable_password()
    ada.save()
    client = Client()
    come_back(provider, client)
    assert is_logged_in(client)
    assert "Add a passkey first" in client.post("/account/sso/unlink/", {"x": "y"}).content.decode()
    assert SignOnLink.objects.exists()


def test_operator_logs_in_while_the_provider_is_away(provider, client, settings):
    factories.make_user(username="root", is_superuser=True, is_staff=True)
    provider.metadata = {"issuer": "https://evil.example"}
    ours.app_of.cache_clear()
    assert client.post("/login/", {"username": "root", "password": PASSWORD})["location"] == "/"


def test_without_a_provider_there_is_nothing(client, settings):
    settings.SINGLE_SIGN_ON = None
    assert "sso" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/").status_code == 404
    assert client.get("/login/sso/callback/?code=x&state=y").status_code == 404


def test_too_many_attempts_of_one_line_are_refused(provider, client):
    for _ in range(60):
        client.get("/login/sso/callback/?code=x&state=y")
    assert client.get("/login/sso/callback/?code=x&state=y").status_code == 429
    assert SignOnRefusal.objects.count() == 60


def test_login_begun_at_another_name_of_the_console_goes_on_at_its_own(provider, settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    elsewhere = Client(SERVER_NAME="localhost").get("/login/sso/?next=/offers/")
    assert elsewhere["location"] == "http://testserver/login/sso/?next=%2Foffers%2F&moved=1"


def test_refusals_are_seen_by_superusers_alone(ada, tea, client):
    SignOnRefusal.objects.create(at=factories.NOON, reason="wrong_token", detail="BadSignatureError")
    client.force_login(factories.make_user(tea, role=Role.ADMIN, is_staff=True))
    assert client.get("/admin/dashboard/signonrefusal/").status_code == 403
    client.force_login(factories.make_user(is_staff=True, is_superuser=True))
    assert "BadSignatureError" in client.get("/admin/dashboard/signonrefusal/").content.decode()
