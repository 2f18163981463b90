"""The live preview beside a widget's form in Chromium: what is typed is what shoppers would see."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.models import Widget
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_live_preview_follows_what_is_typed_and_the_language(live_server: LiveServer, page: Page):
    store = factories.make_store()
    client = Client()
    client.force_login(factories.make_user(store, is_staff=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    widget = factories.make_widget(factories.make_experiment(store).variants.get(key="treatment"))
    page.goto(f"{live_server.url}/admin/checkout_widgets/widget/{widget.pk}/change/")
    phone = page.frame_locator("[data-live-frame=phone] iframe:last-of-type")
    expect(phone.get_by_text("Goes well with tea")).to_be_visible()
    steps = page.evaluate("history.length")
    page.get_by_label("Headline").first.fill("Typed just now")
    expect(phone.get_by_text("Typed just now")).to_be_visible()
    page.locator("details", has_text="German").first.locator("summary").first.click()
    page.locator("[name=translations-de-headline]").fill("Eben getippt")
    page.locator("[data-live-choice=language]").select_option("de")
    expect(phone.get_by_text("Eben getippt")).to_be_visible()
    expect(page.locator("[data-live-frame=phone] iframe")).to_have_count(1)
    assert page.evaluate("history.length") == steps  # the way back is as short as it was
    assert Widget.objects.get().headline == "Goes well with tea"
