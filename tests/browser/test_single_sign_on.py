"""Single sign-on as a person does it: from the login page to the provider's and back, in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.single_sign_on import SingleSignOn
from dashboard.models import SignOnLink
from dashboard.single_sign_on import provider as ours
from tests import factories
from tests.browser.console import problems_found_by_axe
from tests.dashboard.single_sign_on.tampered_provider import TamperedProvider, running_provider

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
PASSWORD = "correct horse"


@pytest.fixture
def provider(live_server: LiveServer, settings: Any) -> Iterator[TamperedProvider]:
    with running_provider() as provider:
        settings.CONSOLE_URL = live_server.url
        settings.SINGLE_SIGN_ON = SingleSignOn(
            provider.url, "offerlift", "secret", "Acme", "openid email profile", "groups", {}
        )
        ours.app_of.cache_clear()
        yield provider
        ours.app_of.cache_clear()


def log_in_at_the_provider(page: Page, subject: str) -> None:
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_person_links_the_account_logs_in_by_it_and_is_told_what_to_do_without_one(
    page: Page, live_server: LiveServer, provider: TamperedProvider, log_in: Callable[[User], None]
) -> None:
    ada = factories.make_user(factories.make_store(slug="tea"), username="ada", password=PASSWORD)
    log_in(ada)
    page.goto(f"{live_server.url}/account/")
    page.get_by_role("link", name="Link", exact=True).click()
    assert problems_found_by_axe(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    log_in_at_the_provider(page, "s-ada")
    expect(page.get_by_text("Linked. Next time, log in with Acme.")).to_be_visible()
    assert SignOnLink.objects.get().user == ada
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/account/")
    assert problems_found_by_axe(page) == []
    page.get_by_role("link", name="Log in with Acme").click()
    log_in_at_the_provider(page, "s-ada")
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    page.get_by_role("link", name="Unlink").click()
    assert problems_found_by_axe(page) == []

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/login/")
    page.get_by_role("link", name="Log in with Acme").click()
    log_in_at_the_provider(page, "s-eve")
    expect(page.get_by_text("ask an admin of your store for an invitation")).to_be_visible()
    assert problems_found_by_axe(page) == []
