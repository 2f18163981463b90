"""What docs/snippet.md and docs/any-other-shop.md tell a developer to copy into a page is run here, word for word.

Only addresses and the key are others.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from checkout_widgets.webhooks.shop_systems import payloads
from tests.browser.adapters.accepting import accepted, press_accept
from tests.browser.adapters.shopify_shop import BALM, ShopifyShop
from tests.browser.quiet import let_expose, let_send
from tests.browser.stub import Edge, Reply, control, decision

pytestmark = pytest.mark.browser

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "snippet.md").read_text()
GUIDE = (DOCS / "any-other-shop.md").read_text()
LIQUID = {
    "cart.currency.iso_code | json": '"EUR"',
    "cart.total_price": "6670",
    "item.sku | default: item.variant_id | append: '' | json": '"23166"',
    "item.quantity": "2",
    "item.final_price": "3335",
    "request.locale.iso_code | json": '"de"',
    "localization.country.iso_code | json": '"DE"',
}


def example(section: str, language: str) -> str:
    """The first block of this language in a section."""
    text = PAGE.partition(f"\n### {section}\n")[2]
    indent, body = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)[0]
    return "\n".join(line.removeprefix(indent) for line in body.splitlines())


def page_of_the_guide() -> str:
    """The cart page of docs/any-other-shop.md, which has one page in HTML."""
    (body,) = re.findall(r"^```html\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return str(body)


def of(edge: Edge, html: str) -> str:
    """The example with this edge's address and key."""
    assert "https://offers.example" in html
    return html.replace("https://offers.example", edge.url).replace("pk_...", "pk_test")


@pytest.mark.parametrize("html", [example("Your own checkout", "html"), page_of_the_guide()], ids=["page", "guide"])
def test_own_checkout_works_as_documented(page, edge, shop, wait_until, html):
    html = of(edge, html)
    shop.pages["/cart"] = Reply(html, "text/html; charset=utf-8")
    shop.pages["/cart/offers"] = Reply("{}")
    posted = []
    page.on("request", lambda request: posted.append(request.post_data) if "offers" in request.url else None)
    page.goto(shop.url + "/cart")
    page.evaluate("window.isOld = true")
    press_accept(page)
    page.wait_for_function("!window.isOld")
    assert "signed" in json.loads(posted[-1])["acceptance_token"]
    wait_until(lambda: "accept" in edge.event_types())
    body = edge.bodies("/v1/decide")[0]
    items = [{"sku": "23166", "quantity": 2, "price_minor": 3335}]
    assert (body["cart"], body["moments"]) == ({"currency": "EUR", "total_minor": 6670, "items": items}, ["cart"])
    assert page.locator("[name=offerlift_visitor]").input_value() == body["visitor_id"]


def test_own_checkout_that_fails_leaves_the_order_unchanged(page, edge, shop):
    shop.pages["/cart"] = Reply(of(edge, example("Your own checkout", "html")), "text/html; charset=utf-8")
    page.goto(shop.url + "/cart")  # there is no /cart/offers
    press_accept(page)
    expect(page.get_by_role("alert")).to_contain_text("Your order is unchanged")


def test_tag_of_google_tag_manager_works_as_documented(page, edge, shop, wait_until):
    cart = "{currency: 'EUR', total_minor: 6670, items: []}"
    script = of(edge, example("Google Tag Manager", "html")).replace("{{Cart for offers}}", cart)
    body = '<h1>Cart</h1><div data-upsell-slot="cart"></div><p>Until the tag manager comes</p>'
    fire = """<script>addEventListener('load', () => {
        const tag = document.createRange().createContextualFragment(%s); document.body.append(tag) })</script>"""
    text = json.dumps(script).replace("</", r"<\/")
    html = f"<!doctype html><html lang=en><body>{body}{fire % text}"
    shop.pages["/cart"] = Reply(html, "text/html; charset=utf-8")
    page.goto(shop.url + "/cart")
    let_send(page)
    assert edge.bodies("/v1/decide") == []  # consent is awaited
    page.evaluate("upsell('consent', true)")
    expect(page.get_by_role("button", name="Add for")).to_be_visible()
    assert edge.bodies("/v1/decide")[0]["cart"]["total_minor"] == 6670
    wait_until(lambda: "exposure" in edge.event_types())


def rendered(liquid: str) -> str:
    """What Liquid makes of the example, for a cart with one line."""
    html = re.sub(r"\{%-.*?-%\}", "", liquid)
    return re.sub(r"\{\{ (.*?) \}\}", lambda match: LIQUID[match[1]], html)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_shopify_theme_works_as_documented(page, edge, wait_until, is_allowed):
    shop = ShopifyShop(edge)
    shopify = (
        f"<script>window.Shopify = {{customerPrivacy: {{analyticsProcessingAllowed: () => {is_allowed}}}}}</script>"
    )
    head = shopify.replace("True", "true").replace("False", "false") + of(edge, example("Shopify", "html"))
    body = rendered(example("Shopify", "liquid"))
    html = f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"
    shop.pages["/cart"] = Reply(html, "text/html; charset=utf-8")
    accepted(edge, ("23084", str(BALM), 1, 990))
    page.goto(shop.url + "/cart")
    if is_allowed:
        press_accept(page)
        wait_until(lambda: shop.held() == [(BALM, 1)])
        wait_until(lambda: bool(payloads.visitor_of(shop.cart.attributes.items())))
        sent = edge.bodies("/v1/decide")[0]
        assert (sent["cart"]["total_minor"], sent["locale"], sent["visitor"]) == (6670, "de", {"country": "DE"})
        assert sent["cart"]["items"] == [{"sku": "23166", "quantity": 2, "price_minor": 3335}]
    else:
        let_expose(page)
        assert (edge.requests, shop.calls) == ([], [])
    shop.server.close()


@pytest.mark.parametrize("given", [decision(), control()], ids=["treatment", "control"])
def test_extension_of_a_hosted_checkout_works_as_documented(page, edge, shop, given):
    """In a page without the snippet, as an extension's worker is."""
    edge.decisions = [given]
    accepted(edge, ("23084", str(BALM), 2, 990))
    script = of(edge, example("Hosted checkouts", "js"))
    page.goto(shop.put(head=f"<script>{script}</script>", call=""))
    cart = {"currency": "EUR", "total_minor": 6670, "items": []}
    decided = page.evaluate("([cart]) => decide('v_1', 'cart', cart, 'de-DE')", [cart])
    assert decided == given
    page.evaluate("decided => report('v_1', decided, 'exposure')", decided)
    assert edge.event_types() == ["exposure"]
    lines = page.evaluate("decided => accept('v_1', decided)", decided)
    attributes = [{"key": payloads.ACCEPTANCE_NAMES[0], "value": "signed"}]
    merchandise = f"gid://shopify/ProductVariant/{BALM}"
    line = {"type": "addCartLine", "merchandiseId": merchandise, "quantity": 2, "attributes": attributes}
    assert lines == [line]


def test_extension_goes_on_without_the_edge(page, edge, shop):
    edge.replies["/v1/decide"] = [Reply("", status=503)]
    script = of(edge, example("Hosted checkouts", "js"))
    page.goto(shop.put(head=f"<script>{script}</script>", call=""))
    assert page.evaluate("decide('v_1', 'cart', null, 'de')") is None


@pytest.mark.parametrize("section", sorted(set(re.findall(r"\]\(#([\w-]+)\)", PAGE))))
def test_link_within_the_page_leads_somewhere(section):
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert section in anchors
