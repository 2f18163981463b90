"""The block *Offer* in WordPress's own editors: it is found, set, saved, and drawn for shoppers alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import slots_in

WAIT_MS = 60_000
QUIET = (
    "['core/edit-post', 'core/edit-site', 'core'].forEach((scope) =>"
    " ['welcomeGuide', 'welcomeGuidePage', 'welcomeGuideTemplate', 'enableChoosePatternModal'].forEach((name) =>"
    " wp.data.dispatch('core/preferences').set(scope, name, false)))"
)
LOADED = "() => window.wp?.data?.select('core/block-editor')?.getBlockCount() > 0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    """The shop's administrator; nothing of ours may fail in the console."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{shop.url}/wp-login.php")
    page.locator("#user_login").fill("admin")
    page.locator("#user_pass").fill("admin")
    page.locator("#wp-submit").click()
    page.wait_for_url("**/wp-admin/**")
    yield page
    assert [error for error in errors if "offerlift" in error.lower()] == []
    context.close()


@pytest.fixture
def cart_page(shop: Shop) -> Iterator[int]:
    """The page of the block cart, which is as it was afterwards."""
    number: int = shop.php("wc_get_page_id('cart')")
    content = shop.php(f"get_post({number})->post_content")
    shop.php("update_option('rig_cart_content', get_post(wc_get_page_id('cart'))->post_content); return 1;")
    yield number
    shop.php(f"return wp_update_post(wp_slash(['ID' => {number}, 'post_content' => get_option('rig_cart_content')]));")
    assert shop.php(f"get_post({number})->post_content") == content


def insert(page: Page) -> None:
    """Find the block in the inserter and put it into the page."""
    page.get_by_role("button", name="Block Inserter").click()
    page.get_by_placeholder("Search").first.fill("Offer")
    page.locator('[role="option"]', has_text=re.compile("^Offer$")).click()
    page.get_by_role("button", name="Close Block Inserter").click()


def choose_moment(page: Page, label: str) -> None:
    """Choose the moment in the block's settings."""
    panel = page.get_by_label("Moment")
    if not panel.is_visible():
        page.get_by_role("button", name="Settings", exact=True).click()
    panel.select_option(label=label)


def test_block_is_inserted_saved_and_drawn_for_shoppers(shop, edge, products, visitor, cart_page, page):
    edge.moments = ["cart", "payment"]
    with shop.no_complaints():
        page.goto(f"{shop.url}/wp-admin/post.php?post={cart_page}&action=edit")
        page.wait_for_function(LOADED)
        page.evaluate(QUIET)
        insert(page)
        choose_moment(page, "Payment")
        block = page.frame_locator('iframe[name="editor-canvas"]').locator('[data-type="offerlift/slot"]')
        expect(block).to_contain_text("Payment")
        choose_moment(page, "Cart")
        expect(block).to_contain_text("Cart")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Page updated.").first).to_be_visible()
        saved = shop.php(f"get_post({cart_page})->post_content")
        assert saved.count("<!-- wp:offerlift/slot") == 1
        visitor.add(products["BOOTS"])
        drawn = visitor.get("/cart/")[1]
    assert slots_in(drawn) == ["cart"]
    # where it was put, below the whole cart, and not where the plugin would put it
    assert drawn.index('data-upsell-slot="cart"') > drawn.index("woocommerce/proceed-to-checkout-block")
    page.reload()
    page.wait_for_function(LOADED)
    assert page.frame_locator('iframe[name="editor-canvas"]').locator(".block-editor-warning").count() == 0


def test_site_editor_and_customizer_open_without_a_complaint(shop, edge, page):
    with shop.no_complaints():
        page.goto(f"{shop.url}/wp-admin/site-editor.php?p=%2Fpage&postType=page&canvas=edit")
        page.wait_for_function("() => window.wp?.blocks?.getBlockType('offerlift/slot')?.title === 'Offer'")
        page.goto(f"{shop.url}/wp-admin/customize.php")
        page.wait_for_load_state()
