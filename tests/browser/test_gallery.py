"""The widget gallery in Chromium: the real snippet in sandboxed frames, each as high as what it shows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.screens import SCREENS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def console(live_server: LiveServer, context: BrowserContext) -> str:
    """The console's address, with a member signed in."""
    client = Client()
    client.force_login(factories.make_user(factories.make_store()))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return live_server.url


@SCREENS
def test_gallery_shows_widgets_and_is_accessible(page: Page, console, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{console}/widgets/?layout=card&scheme={scheme}&language=de")
    first = page.locator("iframe:visible").first
    expect(first.content_frame.get_by_text("Lederbalsam, 75 ml")).to_be_visible()
    expect(first.content_frame.get_by_role("button", name="Für 9,90 € hinzufügen")).to_be_visible()
    page.wait_for_function("[...document.querySelectorAll('iframe')].some((frame) => frame.style.height)")
    found = Axe().run(page).response["violations"]
    assert [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_gallery_frames_share_nothing_with_the_console(page: Page, context: BrowserContext, console):
    page.goto(f"{console}/widgets/")
    expect(page.locator("iframe").first.content_frame.get_by_role("button", name="Add for €9.90")).to_be_visible()
    assert {cookie["name"] for cookie in context.cookies()} <= {"sessionid", "csrftoken"}
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('upsell')).length") == 0


def test_gallery_dialog_opens_by_itself(page: Page, console):
    page.goto(f"{console}/widgets/?layout=dialog")
    expect(page.locator("iframe").first.content_frame.get_by_role("dialog")).to_be_visible()
