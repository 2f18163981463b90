"""What a store's page calls the snippet with, and how it looks without a widget."""

from playwright.sync_api import Page

CART = "{cart: {currency: 'EUR', total_minor: 6670, items: []}, visitor: {orders: 2}}"
CALL = f"upsell('accept', async (acceptance) => {{ window.added = acceptance }});upsell('page', {CART})"
UNTOUCHED = "[document.querySelector('#after').innerText, document.querySelectorAll('[data-upsell-widget]').length]"


def assert_untouched(page: Page) -> None:
    """The page is as the store made it, and still works."""
    assert page.evaluate(UNTOUCHED) == ["Checkout", 0]
    page.evaluate("document.querySelector('#buy').onclick = () => window.bought = true")
    page.locator("#buy").click()
    assert page.evaluate("window.bought") is True
