"""Passkeys in Chromium, with the browser's own virtual authenticator: nothing of the exchange is ours but the page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from dashboard.models import Passkey
from tests import factories
from tests.browser.console import collect_errors, problems_found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse"


@pytest.fixture
def user() -> User:
    return factories.make_user(factories.make_store(slug="tea"), username="ada", password=PASSWORD)


@pytest.fixture
def device(page: Page) -> Iterator[tuple[CDPSession, str]]:
    """A laptop that unlocks by a fingerprint, and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield session, added["authenticatorId"]
    session.send("WebAuthn.disable")


def log_out(page: Page, live_server: LiveServer) -> None:
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/login/")


def add(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/account/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("recovery codes somewhere")).to_be_visible()


def test_passkey_is_added_named_used_alone_and_after_the_password_and_removed(
    page: Page, live_server: LiveServer, user: User, device: Any, log_in: Callable[[User], None]
) -> None:
    errors = collect_errors(page)
    log_in(user)
    add(page, live_server)
    page.get_by_role("link", name="I saved the codes").click()
    page.get_by_role("link", name="Rename Work laptop").click()
    page.get_by_label("Name").fill("Ada's laptop")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("Ada's laptop")).to_be_visible()
    assert problems_found_by_axe(page) == []

    log_out(page, live_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="No tests in this store yet")).to_be_visible()

    log_out(page, live_server)
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Two-factor authentication")).to_be_visible()
    assert problems_found_by_axe(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="No tests in this store yet")).to_be_visible()

    page.goto(f"{live_server.url}/account/")
    page.get_by_role("link", name="Remove Ada's laptop").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet")).to_be_visible()
    assert not Passkey.objects.exists()
    assert errors == []


def test_page_says_what_is_wrong_with_a_field_and_what_the_device_refuses(
    page: Page, live_server: LiveServer, user: User, device: Any, log_in: Callable[[User], None]
) -> None:
    session, authenticator = device
    log_in(user)
    add(page, live_server)
    page.goto(f"{live_server.url}/account/passkeys/")
    page.get_by_label("Name").fill("Again")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("This password is wrong")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("already has a passkey for this account")).to_be_visible()

    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    log_out(page, live_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Your device didn't finish")).to_be_visible()
    assert Passkey.objects.count() == 1
