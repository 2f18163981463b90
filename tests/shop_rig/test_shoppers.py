"""Who a real shop's shoppers are to the plugin, what they agree to, and what they may ask for."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.shop_rig.edge import SECRET
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, address, found, page_in, place_classically

WORDING = "Send me offers."


def cookie_of(visitor: Visitor) -> Any:
    """The cookie that the server has set, None where there is none."""
    return next((cookie for cookie in visitor.cookies if cookie.name == "upsell_visitor"), None)


def test_server_sets_the_visitors_cookie_for_a_year_and_takes_it_away(shop, edge, products, visitor):
    visitor.add(products["BOOTS"])
    assert cookie_of(visitor) is None
    headers = visitor.introduce("v_7f3a")
    cookie = cookie_of(visitor)
    assert (cookie.value, cookie.path) == ("v_7f3a", "/")
    assert 364 * 86400 < cookie.expires - visitor.now() <= 365 * 86400
    [line] = [line for line in headers.get_all("Set-Cookie") if line.startswith("upsell_visitor=")]
    assert "SameSite=Lax" in line
    assert "HttpOnly" not in line  # the snippet reads it
    visitor.introduce("")
    assert cookie_of(visitor) is None


@pytest.mark.parametrize("nonsense", ["v_1; path=/x", "v 1", "x" * 65, "v_é"])
def test_server_sets_no_cookie_of_nonsense(shop, edge, products, visitor, nonsense):
    visitor.add(products["BOOTS"])
    visitor.introduce(nonsense)
    assert cookie_of(visitor) is None


def test_two_shoppers_of_one_cached_page_stay_two(shop, edge, products):
    """A cache that keeps whole answers, headers included, hands each page of the first shopper to the second."""
    first, second = Visitor(shop), Visitor(shop)
    orders = {}
    first.add(products["BOOTS"])
    first.introduce("v_first")
    cached = {path: first.page(path) for path in ("/", "/cart/", "/checkout/", f"/?p={products['BOOTS']}")}
    for headers, html in cached.values():
        assert "v_first" not in html
        assert not [line for line in headers.get_all("Set-Cookie") or [] if "upsell" in line or "v_first" in line]
    second.add(products["BOOTS"])
    second.introduce("v_second")
    for name, shopper in (("v_first", first), ("v_second", second)):
        shopper.live_in("DE")
        orders[name] = shopper.order()
    for name, order in orders.items():
        assert shop.php(f"wc_get_order({order})->get_meta('offerlift_visitor')") == name


@pytest.fixture
def consent(shop: Shop) -> Iterator[None]:
    """WordPress's consent API, of a shopper who has agreed to what the cookie ``rig_consent`` names."""
    code = "function wp_has_consent($category) { return ($_COOKIE['rig_consent'] ?? '') === $category; }"
    with shop.mu_plugin("consent", code):
        yield


@pytest.mark.parametrize(("agreed", "is_remembered"), [("", False), ("marketing", False), ("statistics", True)])
def test_consent_api_is_obeyed(shop, edge, consent, products, visitor, agreed, is_remembered):
    visitor.set_cookie("rig_consent", agreed)
    visitor.add(products["BOOTS"])
    with shop.no_complaints():
        html = visitor.get("/cart/")[1]
        visitor.introduce("v_1")
        visitor.live_in("DE")
        order = visitor.order()
    assert 'data-consent="required"' in html
    assert f'{edge.url}/s/consent_wordpress.js" data-category="statistics"' in html
    assert (cookie_of(visitor) is not None) is is_remembered
    assert (shop.php(f"wc_get_order({order})->get_meta('offerlift_visitor')") == "v_1") is is_remembered


@pytest.fixture(params=["opt_in", "soft_opt_in"])
def basis(request: pytest.FixtureRequest, shop: Shop) -> Iterator[str]:
    settings = {"email_offers": request.param, "email_wording": WORDING}
    with shop.wordpress_options(offerlift_settings=settings, offerlift_wordings=None):
        yield request.param


ANSWERS = {"opt_in": {False: "none", True: "opt_in"}, "soft_opt_in": {False: "soft_opt_in", True: "objected"}}


def answer_of(shop: Shop, order: int) -> list[str]:
    names = "['offerlift_email_offers', 'offerlift_email_wording']"
    said: list[str] = shop.php(f"$o = wc_get_order({order}); return array_map(fn($n) => $o->get_meta($n), {names});")
    return said


@pytest.mark.parametrize("is_ticked", [False, True])
def test_block_checkout_asks_for_offers_by_email(shop, edge, basis, products, visitor, is_ticked):
    if not shop.php("function_exists('woocommerce_register_additional_checkout_field')"):
        pytest.skip("the block checkout has such fields from WooCommerce 8.9 on")
    visitor.add(products["BOOTS"])
    visitor.live_in("DE")
    with shop.no_complaints():
        order = visitor.order(additional_fields={"offerlift/email-offers": is_ticked})
    assert answer_of(shop, order) == [ANSWERS[basis][is_ticked], "1"]


@pytest.mark.parametrize("is_ticked", [False, True])
def test_classic_checkout_asks_for_offers_by_email(shop, edge, basis, products, visitor, classic_pages, is_ticked):
    visitor.add(products["BOOTS"])
    visitor.live_in("DE")
    checkout = visitor.get("/classic-checkout/")[1]
    box = found(r'(<input[^>]*name="offerlift_email_offers"[^>]*>)', checkout)
    assert "checked" not in box
    assert WORDING in checkout
    more = {"offerlift_email_offers": "1"} if is_ticked else {}
    with shop.no_complaints():
        order = int(found(r"order-received/(\d+)", place_classically(visitor, checkout, **more)))
    assert answer_of(shop, order) == [ANSWERS[basis][is_ticked], "1"]


def test_new_wording_is_a_new_version_and_the_old_one_stays_on_record(shop, edge, basis, products, visitor):
    wordings = shop.php(
        "$versions = [offerlift_email_version()]; offerlift_save_settings(['email_wording' => 'Other words.']);"
        f" $versions[] = offerlift_email_version(); offerlift_save_settings(['email_wording' => '{WORDING}']);"
        " $versions[] = offerlift_email_version(); return [$versions, get_option('offerlift_wordings')];"
    )
    versions, kept = wordings
    assert versions == [1, 2, 1]
    assert {version: wording["text"] for version, wording in kept.items()} == {"1": WORDING, "2": "Other words."}


def test_checkouts_ask_nothing_unless_the_shop_wants_it(shop, edge, products, visitor, classic_pages):
    visitor.add(products["BOOTS"])
    visitor.live_in("DE")
    checkout = visitor.get("/classic-checkout/")[1]
    assert "offerlift_email_offers" not in checkout
    order = int(found(r"order-received/(\d+)", place_classically(visitor, checkout)))
    assert answer_of(shop, order) == ["", ""]


def test_privacy_tools_export_and_erase_what_offerlift_has(shop, edge, products, visitor):
    visitor.add(products["BOOTS"])
    visitor.introduce("v_private")
    visitor.live_in("DE")
    order = visitor.order()
    email = address("DE")["email"]
    last = "while (!($page = $run('{email}', ++$number))['done']) { $all[] = $page; } $all[] = $page; return $all;"
    tool = "$tools = apply_filters('wp_privacy_personal_data_{what}', []); $run = $tools['offerlift']['callback'];"
    run = "$all = []; $number = 0; " + tool + last
    with shop.no_complaints():
        exported = shop.php(run.replace("{what}", "exporters").replace("{email}", email))
        edge.missing = None
        failed = shop.php(run.replace("{what}", "erasers").replace("{email}", email))
        edge.missing = ""
        erased = shop.php(run.replace("{what}", "erasers").replace("{email}", email))
    groups = [group for page in exported for group in page["data"]]
    told = [{row["name"]: row["value"] for row in group["data"]} for group in groups]
    assert {"table": "exposure", "visitor_id": "v_private", "device": "phone"} in told
    assert any(row.get("offerlift_visitor") == "v_private" for row in told)
    assert any(page["items_retained"] for page in failed)
    assert any("Start the erasure again." in message for page in failed for message in page["messages"])
    assert not any(page["items_retained"] for page in erased)
    assert {"table": "exposure", "email": email, "device": "phone"} in told
    asked = [body for path, body in edge.sent if path == "/v1/visitors/erase"]
    assert (asked.count({"visitor_id": "v_private"}), asked.count({"email": email})) == (2, 2)
    assert shop.php(f"wc_get_order({order})->get_meta('offerlift_visitor')") == ""
    webhook = "$hook = new WC_Webhook(); $hook->set_topic('order.updated'); $hook->set_delivery_url("
    webhook += f"'{edge.url}/v1/webhooks/woocommerce/tea'); $hook->set_user_id(1); $hook->set_api_version('wp_api_v3');"
    webhook += f" $hook->save(); $body = $hook->build_payload({order}); $hook->delete(true); return $body;"
    body = shop.php(webhook)
    assert (body["billing"], body["shipping"], body["customer_id"]) == ({"country": "DE"}, {"country": "DE"}, 0)
    assert email not in str(body)


def test_privacy_tools_name_a_customers_account_too(shop, edge):
    user = shop.php("wc_create_new_customer('known@shop.example', 'known' . wp_rand(), wp_generate_password())")
    run = "apply_filters('wp_privacy_personal_data_erasers', [])['offerlift']['callback']('known@shop.example', 1)"
    with shop.no_complaints():
        assert shop.php(run)["done"]
    shop.php(f"require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user({user});")
    asked = [body for path, body in edge.sent if path == "/v1/visitors/erase"]
    assert asked == [{"email": "known@shop.example"}, {"customer_id": str(user)}]


def test_cart_of_the_store_api_says_what_the_page_says(shop, edge, products, visitor):
    visitor.add(products["BOOTS"])
    page = page_in(visitor.get("/cart/")[1])
    extension = visitor.api("cart")["extensions"]["offerlift"]
    assert extension == {"cart": page["cart"], "visitor": page["visitor"]}
    raised = visitor.add(products["BOOTS"], 2)["extensions"]["offerlift"]["cart"]
    assert (raised["total_minor"], raised["items"][0]["quantity"]) == (10005, 3)


def test_secret_key_is_on_no_page(shop, edge, products, visitor):
    visitor.add(products["BOOTS"])
    pages = [visitor.get(path)[1] for path in ("/cart/", "/checkout/")]
    visitor.log_in()
    pages.append(visitor.get("/wp-admin/admin.php?page=offerlift")[1])
    assert not any(SECRET in html for html in pages)
