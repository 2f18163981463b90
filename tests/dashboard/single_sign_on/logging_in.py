"""Somebody who logs in at the provider and comes back to the console."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import SignOnLink, SignOnRefusal
from tests import factories
from tests.dashboard.single_sign_on.tampered_provider import TamperedProvider

PASSWORD = "correct horse"
ADDRESS = "ada@shop.example"


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
