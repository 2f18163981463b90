"""The plugin's settings page in a German shop: no sentence of the plugin, or of Offerlift's checks, stays English."""

import html
import re

import pytest
from babel.messages.pofile import read_po

from tests.shop_rig.visitors import Visitor
from tools.woocommerce_plugin import TEMPLATE

LONG = 12  # shorter texts, such as "Keys", are in pages and addresses for other reasons
# As `POST /v1/connections/woocommerce` says them.
CHECKS = [
    {"code": "clock", "ok": False, "message": "The clock.", "problem": "clock_differs", "values": {"minutes": "17"}},
    {"code": "site_key", "ok": False, "message": "The keys.", "problem": "keys_of_two_stores", "values": {}},
    {"code": "catalog", "ok": False, "message": "Known of a newer edge.", "problem": "newer", "values": {}},
    {"code": "tax_basis", "ok": True, "message": "", "problem": "", "values": {}},
]


@pytest.fixture
def german_staff(shop):
    """The administrator of a shop whose site speaks German; WordPress's own German isn't installed."""
    staff = Visitor(shop)
    staff.log_in()
    with shop.mu_plugin("german", "add_filter('locale', fn() => 'de_DE');"):
        yield staff
    shop.php(
        "foreach (offerlift_own_webhooks() as $hook) { $hook->delete(true); }"
        " delete_option('offerlift_watch'); delete_option('offerlift_webhooks'); delete_option('offerlift_connection');"
        " delete_option('offerlift_settings'); wp_unschedule_hook('offerlift_watch'); return 1;"
    )


def english_in(page: str) -> list[str]:
    """The plugin's English texts that are on a page."""
    with TEMPLATE.open("rb") as file:
        texts = [message.id for message in read_po(file) if isinstance(message.id, str)]
    parts = [part.strip() for text in texts for part in re.split(r"%(?:\d\$)?[sd]", text)]
    shown = html.unescape(page)
    return [part for part in parts if len(part) >= LONG and part in shown]


def test_settings_page_says_what_is_wrong_in_german(shop, edge, german_staff):
    edge.checks = CHECKS
    with shop.no_complaints():
        page = german_staff.press("connect")
    assert "Mit dem Store Tea verbunden" in page
    assert "Die Uhr des Shops weicht um 17 Minuten" in page
    assert "gehören nicht zum selben Store" in page
    assert "Known of a newer edge." in page  # better than nothing
    assert english_in(page) == []


def test_copy_of_a_shop_is_told_in_german(shop, edge, german_staff):
    edge.other_site = "https://live.example"
    page = german_staff.press("connect")
    assert "Der Store ist mit https://live.example verbunden" in page
    assert english_in(page) == []
