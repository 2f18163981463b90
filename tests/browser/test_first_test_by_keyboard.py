"""From signing in to a running test without a mouse: each step is reached by Tab, and the focus is never lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from experiments.models import Experiment, Status
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# From one step to the next, on a page whose sections have dozens of fields.
MOST_TABS = 90
# What a screen reader says of what has the focus: its label, else its text.
FOCUSED = """() => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const label = one.labels?.[0]?.innerText || one.getAttribute('aria-label') || one.innerText || ''
    return label.trim().replace(/\\s+/g, ' ')
}"""


class Keys:
    """A keyboard, and what it reaches."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, name: str) -> None:
        """Press Tab until what has the focus begins with this name."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUSED)
            passed.append(found)
            if found is not None and found.startswith(name):
                return
        raise AssertionError(f"{name} is not reached: {passed}")

    def press(self, name: str, key: str = "Enter") -> None:
        """Reach it and press the key."""
        self.reach(name)
        self.page.keyboard.press(key)

    def type(self, name: str, text: str) -> None:
        """Reach a field and type over what it holds."""
        self.reach(name)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)


def test_first_test_is_launched_by_keyboard_alone(page: Page, live_server: LiveServer, wait_until: Callable[..., None]):
    store = factories.make_store(slug="tea", name="Tea shop", currency="EUR")
    factories.make_product(store, sku="MUG", title="Mug", price_minor=990, currency="EUR")
    factories.make_product(store, sku="POT", title="Teapot", price_minor=2490, currency="EUR")
    factories.make_user(store, username="ada", password="correct horse")
    keys = Keys(page)
    page.goto(f"{live_server.url}/login/")
    keys.type("Username", "ada")
    keys.type("Password", "correct horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    keys.press("Skip to content")
    keys.press("New test")
    expect(page.get_by_role("heading", name="New test")).to_be_visible()
    keys.press("Skip to content")
    keys.press("Offer or no offer")
    expect(page.get_by_role("heading", name="Offer or no offer")).to_be_visible()
    keys.press("Skip to content")
    # one of several products: Tab reaches the group, an arrow the next of them
    keys.press("Mug", "Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Teapot")).to_be_checked()
    page.keyboard.press("ArrowUp")
    keys.press("Create offer")
    expect(page.locator("#checklist")).to_contain_text("Every treatment has a widget")
    # the form that had the focus is gone: the keyboard goes on from the new offer, not from the top of the page
    wait_until(lambda: (page.evaluate(FOCUSED) or "").startswith("Mug"))
    keys.type("Headline", "A mug for your tea")
    keys.reach("2 weeks")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("4 weeks")).to_be_checked()
    keys.type("Reason to launch anyway", "The shop opens today.")
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()
    keys.press("Launch")
    expect(page.get_by_role("status").filter(has_text="is running.")).to_be_visible()
    experiment = Experiment.objects.get()
    assert (experiment.status, experiment.planned_days) == (Status.RUNNING, 28)
    assert experiment.variants.get(is_control=False).widget.headline == "A mug for your tea"
    page.goto("about:blank")
