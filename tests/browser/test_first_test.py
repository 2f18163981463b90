"""From signing in to a test that is served, by somebody who reads only the pages, without the admin."""

import json
import time

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Widget
from experiments.models import Experiment, Status
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_CLICKS = 12
MOST_SECONDS = 240  # of the browser and the server: whoever reads the page takes the rest


class Hand:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


def test_first_test_is_launched_and_served_within_twelve_clicks(page: Page, live_server: LiveServer):
    store = factories.make_store(slug="tea", name="Tea shop", currency="EUR")
    factories.make_product(store, sku="MUG", title="Mug", price_minor=990, currency="EUR")
    factories.make_user(store, username="ada", password="correct horse")
    hand = Hand()
    began = time.monotonic()
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    hand.click(page.get_by_role("button", name="Log in"))
    hand.click(page.get_by_role("link", name="New test").first)
    hand.click(page.get_by_role("button", name="Offer or no offer"))
    hand.click(page.get_by_label("Mug"))
    hand.click(page.get_by_role("button", name="Create offer"))
    page.get_by_role("textbox", name="Headline").fill("A mug for your tea")
    phone = page.frame_locator("[data-live-frame=phone] iframe:last-of-type")
    expect(phone.get_by_text("A mug for your tea")).to_be_visible()
    hand.click(page.get_by_label("4 weeks"))
    page.get_by_label("Reason to launch anyway").fill("The shop opens today.")
    hand.click(page.get_by_role("button", name="Launch"))
    expect(page.get_by_role("status").filter(has_text="is running.")).to_be_visible()
    assert time.monotonic() - began < MOST_SECONDS
    assert hand.clicks <= MOST_CLICKS
    assert "/admin/" not in page.content()
    experiment = Experiment.objects.get()
    assert (experiment.status, experiment.planned_days) == (Status.RUNNING, 28)
    live_configuration.refresh()
    body = {"key": store.site_key, "visitor_id": "v_1", "moments": ["cart"]}
    answer = Client().post("/v1/decide", json.dumps(body), content_type="text/plain")
    assert answer.json()["decisions"][0]["experiment"] == experiment.key
    assert Widget.objects.get().headline == "A mug for your tea"
    page.goto("about:blank")
