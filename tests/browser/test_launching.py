"""The way to a running test, and the account, by axe: on a desk and on a phone, in light and dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from experiments.models import Status, Store
from journeys.life.drafts import create_journey
from journeys.life.templates import journey_templates
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/templates/", "/templates/price/", "/tests/tea/draft/launch/", "/tests/tea/bare/launch/",
    "/tests/tea/over/launch/", "/account/", "/account/password/", "/account/second-factor/",
    "/account/second-factor/remove/", "/account/passkeys/", "/account/recovery-codes/", "/tests/tea/draft/preview/",
    "/team/", "/sender/", "/password/", "/invitations/nothing/", "/offers/", "/offers/analytics/", "/offers/new/",
    "/offers/price-rules/", "/custom-metrics/", "/contacts/", "/contacts/tea/files/", "/contacts/tea/retention/",
    "/tests/tea/over/part/", "/journeys/tea/after/?step=accessory",
)  # fmt: skip


@pytest.fixture
def store() -> Store:
    store = factories.make_store(slug="tea", name="Tea shop", preview_url="https://shop.example/cart")
    draft = factories.make_experiment(store, key="draft", name="A draft", status=Status.DRAFT, started_at=None)
    factories.make_widget(draft.variants.get(key="treatment"))
    factories.make_experiment(store, key="bare", name="A bare draft", status=Status.DRAFT, started_at=None)
    factories.make_experiment(store, key="over", name="One that is over", status=Status.STOPPED)
    create_journey(journey_templates()["works-better-with"], store, key="after", name="After", actor="ada")
    return store


# Axe takes half a second a page: each is looked at on one of two screens, and by ``make check-long`` on all four.
@pytest.mark.parametrize(
    ("scheme", "width", "first", "step"),
    [
        ("light", 1280, 0, 2),
        ("dark", 390, 1, 2),
        pytest.param("light", 1280, 0, 1, marks=pytest.mark.long),
        pytest.param("dark", 1280, 0, 1, marks=pytest.mark.long),
        pytest.param("light", 390, 0, 1, marks=pytest.mark.long),
        pytest.param("dark", 390, 0, 1, marks=pytest.mark.long),
    ],
)
def test_pages_are_accessible_and_fit_their_screen(
    page: Page, live_server: LiveServer, store: Store, scheme: Any, width: int, first: int, step: int
) -> None:
    factories.make_user(store, username="ada", password="correct horse", is_staff=True, email="ada@shop.example")
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    for path in PATHS[first::step]:
        page.goto(f"{live_server.url}{path}")
        expect(page.locator("h1, h2").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        violations = Axe().run(page).response["violations"]
        found = [(one["id"], one["nodes"][0]["target"]) for one in violations]
        assert found == [], path
    page.goto("about:blank")
