"""The demo store from the cart to the report, in Chromium, with the real snippet, edge, orders API and analysis."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Acceptance
from demo import scenario
from demo.demo_tests import CART_ACCESSORY, EXIT_BUNDLE, DemoTest
from demo.demo_tests.running import BAKING_SEQUENCE, EVENING_DELIVERY
from experiments.assignment.allocation import WeightedVariant, choose_variant
from experiments.models import Experiment, Order, Store
from experiments.report import VariantCounts
from experiments.snapshots import analyse
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CAKESTAND_MINOR, OFFER_MINOR, CUP_MINOR = 1275, 1095, 85
CATALOGUE = [
    ("22423", "Regency Cakestand 3 Tier", CAKESTAND_MINOR),
    ("22699", "Roses Regency Teacup and Saucer", 295),
    ("22697", "Green Regency Teacup and Saucer", 295),
    ("23170", "Regency Tea Plate Roses", 165),
    ("21238", "Red Retrospot Cup", CUP_MINOR),
]
Visit = Callable[[str], Page]


@pytest.fixture
def store(live_server: LiveServer, settings: Any) -> Store:
    store = scenario.open_store(live_server.url)
    for sku, title, price_minor in CATALOGUE:
        picture = f"{live_server.url}/demo/pictures/{sku}.svg"
        make_product(store, sku=sku, title=title, price_minor=price_minor, category="tableware", image_url=picture)
    for test in (CART_ACCESSORY, EXIT_BUNDLE):
        scenario.launch(store, test)
    return store


@pytest.fixture
def visit(store: Store, live_server: LiveServer, context: BrowserContext, page: Page) -> Iterator[Visit]:
    """Open the demo store as a visitor of this id, and put two cups in the cart."""

    def open_cart(visitor_id: str) -> Page:
        context.add_cookies([{"name": "upsell_visitor", "value": visitor_id, "url": live_server.url}])
        page.goto(f"{live_server.url}/demo/products/21238/")
        page.get_by_label("Quantity").fill("2")
        page.get_by_role("button", name="Add to cart").click()
        expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
        return page

    yield open_cart
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    page.wait_for_timeout(300)  # what the page sent while it left ends before the server does


def visitor_in(*wanted: tuple[DemoTest, str]) -> str:
    """The first made-up id that the hash gives these variants."""
    for number in range(10_000):
        visitor_id = f"v_{number:016x}"
        if all(variant_of(test, visitor_id) == variant for test, variant in wanted):
            return visitor_id
    raise AssertionError("no visitor found")


def variant_of(test: DemoTest, visitor_id: str) -> str:
    arms = [WeightedVariant("control", 1), WeightedVariant(test.treatment["key"], 1)]
    return choose_variant(Experiment.objects.get(key=test.experiment["key"]).salt, visitor_id, arms)


def counts(test: DemoTest, variant: str) -> VariantCounts:
    report = analyse(Experiment.objects.get(key=test.experiment["key"]))
    return next(counts for counts in report.variants if counts.key == variant)


def events(test: DemoTest, variant: str) -> dict[str, int]:
    report = analyse(Experiment.objects.get(key=test.experiment["key"]))
    row = next(row for row in report.funnel if row.variant == variant)
    return {name: count for name, count in row.events.items() if count}


def pay(page: Page) -> str:
    """Go from the cart to the confirmation; returns the order's number."""
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Go to payment").click()
    expect(page.locator("input[name=visitor_id]")).not_to_have_value("")
    with page.expect_response(lambda answer: "/v1/convert" in answer.url):  # it must not outlive the test
        page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    return page.locator("[data-order]").inner_text()


def test_treatment_sees_the_offer_accepts_it_and_the_report_moves_by_exactly_that(visit, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    accept = page.get_by_role("button", name="Add for £10.95")
    expect(accept).to_be_visible()
    wait_until(lambda: counts(CART_ACCESSORY, "with-reason").visitors == 1)
    accept.click()
    line = page.locator("li.line.is-offer")
    expect(line).to_contain_text("Regency Cakestand 3 Tier")
    expect(line).to_contain_text("£1.80 saved")
    expect(page.locator("[data-total]")).to_have_text("£16.60")  # 2 x 0.85 + 10.95 + 3.95 delivery
    order = Order.objects.get(external_id=pay(page))
    assert (order.subtotal_minor, order.shipping_minor) == (2 * CUP_MINOR + OFFER_MINOR, 395)
    assert list(order.lines.values_list("sku", "quantity", "price_minor", "experiment_key")) == [
        ("21238", 2, CUP_MINOR, ""),
        ("22423", 1, OFFER_MINOR, "cart-accessory"),
    ]
    wait_until(lambda: events(CART_ACCESSORY, "with-reason").get("accept") == 1)
    treatment, control = counts(CART_ACCESSORY, "with-reason"), counts(CART_ACCESSORY, "control")
    assert (treatment.visitors, treatment.orders, treatment.buyers, treatment.items) == (1, 1, 1, 3)
    assert (treatment.revenue_minor, treatment.upsell_minor, treatment.accepted) == (1265, OFFER_MINOR, 1)
    assert events(CART_ACCESSORY, "with-reason") == {"exposure": 1, "impression": 1, "click": 1, "accept": 1}
    assert (control.visitors, control.orders, control.revenue_minor) == (0, 0, 0)
    assert Acceptance.objects.count() == 1


def test_control_sees_nothing_and_is_exposed_and_counted_all_the_same(visit, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "control")))
    wait_until(lambda: counts(CART_ACCESSORY, "control").visitors == 1)
    expect(page.locator("[data-upsell-slot=cart]")).to_be_empty()
    pay(page)
    control, treatment = counts(CART_ACCESSORY, "control"), counts(CART_ACCESSORY, "with-reason")
    assert (control.visitors, control.orders, control.revenue_minor) == (1, 1, 2 * CUP_MINOR)
    assert (control.upsell_minor, control.accepted) == (0, 0)
    assert events(CART_ACCESSORY, "control") == {"exposure": 1}
    assert treatment.visitors == 0


def test_declining_leaves_the_cart_alone_and_silences_the_next_offer(visit, live_server, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "tea-set")))
    wait_until(lambda: counts(CART_ACCESSORY, "with-reason").visitors == 1)
    page.get_by_role("button", name="No thanks").click()
    wait_until(lambda: events(CART_ACCESSORY, "with-reason").get("decline") == 1)
    page.goto(f"{live_server.url}/demo/cart/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Add for £10.95")).to_have_count(0)
    expect(page.locator("li.line")).to_have_count(1)
    pay(page)
    treatment = counts(CART_ACCESSORY, "with-reason")
    assert (treatment.orders, treatment.revenue_minor, treatment.accepted) == (1, 2 * CUP_MINOR, 0)


def test_leaving_the_page_opens_the_bundle_and_accepting_adds_the_whole_set(visit, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "tea-set")))
    dialog = page.get_by_role("dialog")
    wait_until(lambda: leaving(page) and dialog.is_visible())  # an exit offer waits for five calm seconds
    expect(dialog).to_contain_text("tea for two, £1.70 less")
    expect(dialog).to_contain_text("£9.20")
    dialog.get_by_role("button", name="Take the set for £7.50").click()
    expect(page.locator("li.line.is-offer")).to_have_count(3)
    order = Order.objects.get(external_id=pay(page))
    assert order.subtotal_minor == 2 * CUP_MINOR + 750
    wait_until(lambda: events(EXIT_BUNDLE, "tea-set").get("accept") == 1)
    treatment = counts(EXIT_BUNDLE, "tea-set")
    assert (treatment.visitors, treatment.orders, treatment.revenue_minor) == (1, 1, 920)
    assert (treatment.upsell_minor, treatment.accepted, treatment.items) == (750, 1, 6)
    assert counts(CART_ACCESSORY, "control").upsell_minor == 0


def test_leaving_as_control_opens_nothing_and_is_exposed_all_the_same(visit, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "control")))
    wait_until(lambda: leaving(page) and counts(EXIT_BUNDLE, "control").visitors == 1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert events(EXIT_BUNDLE, "control") == {"exposure": 1}


def test_an_acceptance_that_the_shop_cannot_take_leaves_the_cart_as_it_was(visit, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.route("**/demo/cart/accept/", lambda route: route.fulfill(status=500, body="{}"))
    wait_until(lambda: counts(CART_ACCESSORY, "with-reason").visitors == 1)
    page.get_by_role("button", name="Add for £10.95").click()
    wait_until(lambda: events(CART_ACCESSORY, "with-reason").get("accept_failed") == 1)
    expect(page.locator("li.line")).to_have_count(1)
    pay(page)
    treatment = counts(CART_ACCESSORY, "with-reason")
    assert (treatment.revenue_minor, treatment.upsell_minor) == (2 * CUP_MINOR, 0)


def leaving(page: Page) -> bool:
    """Leave through the top, which fires an exit offer once."""
    page.evaluate(
        "document.dispatchEvent(new MouseEvent('mouseout', {bubbles: true, clientY: -1, relatedTarget: null}))"
    )
    return True


def test_a_payment_error_keeps_offers_away(visit, live_server, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_label("Card number").fill("4000 0000 0000 0002")
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_text("The card was declined")).to_be_visible()
    page.goto(f"{live_server.url}/demo/cart/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-upsell-slot=cart]")).to_be_empty()


def test_the_ribbon_says_who_the_visitor_is_and_makes_a_new_one(visit):
    visitor_id = visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control"))
    page = visit(visitor_id)
    page.locator(".ribbon summary").click()
    ribbon = page.locator(".ribbon")
    expect(ribbon).to_contain_text(visitor_id)
    expect(ribbon).to_contain_text("Cake stand, with a reason")
    expect(ribbon).not_to_contain_text("with-reason")
    ribbon.get_by_role("button", name="Become a new visitor").click()
    expect(page.get_by_role("heading", name="Best sellers")).to_be_visible()
    page.locator(".ribbon summary").click()
    expect(page.locator("[data-visitor] code")).to_be_visible()
    assert page.locator("[data-visitor] code").inner_text() != visitor_id
    expect(page.locator(".badge")).to_have_count(0)


def test_the_report_page_shows_the_same_figures(visit, live_server, store, wait_until):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    wait_until(lambda: counts(CART_ACCESSORY, "with-reason").visitors == 1)
    page.get_by_role("button", name="Add for £10.95").click()
    expect(page.locator("li.line.is-offer")).to_be_visible()
    pay(page)
    make_user(store, username="ada", password="correct horse")
    page.goto(f"{live_server.url}/tests/demo/cart-accessory/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("main")).to_contain_text("£12.65")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_shop_is_accessible_and_fits_its_screen(visit, live_server, size, scheme):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    for path in ("", "?q=nothing+is+called+this", "products/22423/", "cart/", "shipping/", "payment/"):
        page.goto(f"{live_server.url}/demo/{path}")
        if path == "shipping/":
            page.get_by_role("button", name="Go to payment").click()
        check_page(page, path)


def check_page(page: Page, path: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    violations = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in violations] == [], path


SHIFT = """new PerformanceObserver(list => {
    for (const {hadRecentInput, sources} of list.getEntries()) if (!hadRecentInput)
        (window.shifts ||= []).push(...sources.map(({node}) => node?.parentElement?.outerHTML.slice(0, 100)))
}).observe({type: 'layout-shift', buffered: true})"""


def test_acceptance_that_loads_the_cart_again_is_said_and_keeps_the_focus(visit):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.get_by_role("button", name="Add for £10.95").press("Enter")
    said = page.get_by_role("status").filter(has_text="new total")
    expect(said).to_have_text("Regency Cakestand 3 Tier added for £10.95. Your new total is £16.60.")
    expect(page.locator("li.line.is-offer")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("li.is-offer").get_by_role("button", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li.line")).to_have_count(1)
    expect(page.get_by_role("heading", name="Your cart")).to_be_focused()


def test_change_of_a_quantity_keeps_the_focus(visit):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "control")))
    quantity = page.get_by_label("Quantity of Red Retrospot Cup")
    quantity.fill("3")
    quantity.press("Tab")
    expect(page.locator("[data-total]")).to_have_text("£6.50")  # 3 x 0.85 + 3.95 delivery
    expect(quantity).to_be_focused()


def test_checkout_is_two_tabs_from_the_top_of_the_cart(visit):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "control")))
    page.locator("body").press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to checkout")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # from the target of the skip link to what follows it
    expect(page.get_by_role("link", name="Continue shopping")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where should we deliver?")).to_be_visible()


def test_declining_says_so_and_the_keyboard_goes_on_from_there(visit):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.get_by_role("button", name="No thanks").press("Enter")
    expect(page.get_by_role("status").filter(has_text="nothing was added")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go to checkout")).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_no_room_is_kept_where_nothing_runs_and_nothing_moves_where_an_offer_comes(visit, size):
    page = visit(visitor_in((CART_ACCESSORY, "with-reason"), (EXIT_BUNDLE, "control")))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.add_init_script(SHIFT)
    page.reload()
    expect(page.get_by_role("button", name="Add for £10.95")).to_be_visible()
    page.wait_for_timeout(500)  # a picture that comes after the text would push it down
    assert page.evaluate("window.shifts || []") == []
    page.get_by_role("link", name="Go to checkout").click()
    assert page.locator("[data-upsell-slot=shipping]").bounding_box()["height"] == 0
    page.get_by_role("button", name="Go to payment").click()
    assert page.locator("[data-upsell-slot=payment]").bounding_box()["height"] == 0
    page.get_by_role("button", name="Pay").click()
    assert page.locator("[data-upsell-slot=confirmation]").bounding_box()["height"] == 0


def test_second_offer_follows_a_yes_after_the_order_and_both_are_in_it(visit, store):
    for sku, price_minor in (("22138", 495), ("22666", 295)):
        make_product(store, sku=sku, price_minor=price_minor)
    sequence = scenario.launch(store, BAKING_SEQUENCE)
    Experiment.objects.filter(pk=sequence.pk).update(traffic_share=1.0)
    arms = [WeightedVariant(key, 1) for key in ("control", "one", "two")]
    visitors = (f"v_{number:016x}" for number in range(10_000))
    of_both = (one for one in visitors if choose_variant(sequence.salt, one, arms) == "two")
    page = visit(next(one for one in of_both if variant_of(CART_ACCESSORY, one) == "control"))
    order = Order.objects.get(external_id=pay(page))
    page.get_by_role("button", name="Add for £4.25").click()
    page.get_by_role("button", name="Add for £2.45").click()
    expect(page.locator("#receipt")).to_contain_text("£2.45")
    assert set(order.lines.exclude(experiment_key="").values_list("sku", "price_minor")) == {
        ("22138", 425),
        ("22666", 245),
    }


def test_departments_show_that_there_are_more(visit, live_server):
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EXIT_BUNDLE, "control")))
    page.goto(f"{live_server.url}/demo/")
    bar = page.get_by_role("navigation", name="Departments")
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")  # a desktop has them all
    page.set_viewport_size({"width": 390, "height": 844})
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
    assert "gradient" in bar.evaluate("bar => getComputedStyle(bar).backgroundImage")


def test_checkbox_at_delivery_is_ticked_unticked_and_ticked_and_the_order_carries_just_that(visit, store):
    scenario.stock_services(store)
    scenario.launch(store, EVENING_DELIVERY)
    live_configuration.refresh()
    page = visit(visitor_in((CART_ACCESSORY, "control"), (EVENING_DELIVERY, "checkbox")))
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_label("Express").check()
    offer = page.get_by_role("checkbox", name="Evening delivery for £1.95")
    offer.press("Space")
    box = page.get_by_role("checkbox", name="Evening delivery, 6 to 9 pm, £1.95")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    said = page.get_by_role("status").filter(has_text="new total")
    expect(said).to_have_text("Evening delivery, 6 to 9 pm added for £1.95. Your new total is £10.60.")
    lines = page.locator("[data-summary-lines] li")
    expect(lines).to_have_count(2)
    assert Axe().run(page).response["violations"] == []
    box.press("Space")
    expect(offer).not_to_be_checked()
    expect(said).to_have_text("Evening delivery, 6 to 9 pm removed. Your new total is £8.65.")
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="Go to payment").click()
    expect(page.locator("[data-summary-lines] li")).to_have_text(["2 × Red Retrospot Cup £1.70"])  # noqa: RUF001
    with page.expect_response(lambda answer: "/v1/convert" in answer.url):
        page.get_by_role("button", name="Pay").click()
    order = Order.objects.get(external_id=page.locator("[data-order]").inner_text())
    assert list(order.lines.values_list("sku", "experiment_key")) == [("21238", "")]
    assert order.subtotal_minor == 2 * CUP_MINOR
