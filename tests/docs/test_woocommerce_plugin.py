"""The plugin of the docs speaks the names that webhooks read back, and trusts only what the store's key has signed."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from babel.core import get_global

from checkout_widgets.webhooks.shop_systems import payloads
from experiments import money

PLUGIN = Path(__file__).resolve().parents[2] / "docs" / "woocommerce" / "offerlift.php"
PHP = os.environ.get("PHP") or shutil.which("php")
SECRET = "sk_shop_0123456789abcdef0123456789abcdef"
needs_php = pytest.mark.skipif(PHP is None, reason="no PHP is installed (apt-get install php-cli, or set PHP)")

WORDPRESS = Path(__file__).with_name("wordpress.php")
WOOCOMMERCE = Path(__file__).with_name("woocommerce.php")
KEYS = {"OFFERLIFT_EDGE": "https://offers.example/", "OFFERLIFT_KEY": "pk_shop", "OFFERLIFT_SECRET": SECRET}
# what WordPress and WooCommerce call while they draw a cart, a checkout or a thank-you page
SHOPPER_HOOKS = [
    "wp_head",
    "woocommerce_before_cart_collaterals",
    "woocommerce_review_order_before_payment",
    "woocommerce_thankyou",
]


def run(expression: str, before: str = "", *, constants: dict[str, Any] | None = None, shop: bool = True) -> Any:
    """The value of a PHP expression, with the plugin loaded into a WordPress of a few functions.

    ``shop`` says whether WooCommerce is there, ``constants`` what wp-config.php defines. Whatever PHP complains about
    fails the test.
    """
    defined = KEYS if constants is None else constants
    code = "error_reporting(E_ALL); set_error_handler(function ($n, $why) { throw new Exception($why); });"
    code += "".join(f"define('{name}', {json.dumps(value)});" for name, value in defined.items())
    code += f"require '{WORDPRESS}';" + (f"require '{WOOCOMMERCE}';" if shop else "") + f"require '{PLUGIN}';"
    code += f"{before} echo json_encode({expression});"
    result = subprocess.run([PHP or "", "-r", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


def slots(before: str = "") -> list[str]:
    """The moments whose slots are drawn on the page, by the hooks of the classic pages and of the blocks."""
    drawn = [f"call('{hook}')" for hook in SHOPPER_HOOKS[1:]]
    drawn += ["call('render_block_woocommerce/cart', '')", "call('render_block_woocommerce/checkout', '')"]
    html = " ".join(text or "" for text in run(f"[{', '.join(drawn)}]", before))
    return sorted(set(re.findall('data-upsell-slot="([a-z]+)"', html)))


def token(key: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    """An acceptance of three units of balm for 10.00 and a pair of boots."""
    lines = [
        {"sku": "balm", "quantity": 1, "price_minor": 334},
        {"sku": "balm", "quantity": 2, "price_minor": 333},
        {"sku": "boots", "quantity": 1, "price_minor": 3000, "external_id": "35"},
    ]
    expires_at = datetime.now(UTC) + timedelta(minutes=5)
    claims = {"iss": "offerlift", "exp": int(expires_at.timestamp()), "currency": "EUR", "lines": lines}
    return jwt.encode(claims | changes, key, algorithm)


def test_plugin_writes_what_webhooks_read():
    text = PLUGIN.read_text()
    assert f"add_meta_data('{payloads.ACCEPTANCE_NAMES[0]}'" in text
    assert f"update_meta_data('{payloads.VISITOR_NAMES[0]}'" in text
    assert f"update_meta_data('{payloads.PLACED_AT_NAMES[0]}'" in text
    adapter = (PLUGIN.parents[2] / "static" / "src" / "adapters" / "woocommerce.js").read_text()
    for shared in ("offerlift_acceptance", "namespace: 'offerlift'"):
        assert shared in adapter
    assert "$request['offerlift_acceptance']" in text
    assert "'namespace' => 'offerlift'" in text


@needs_php
def test_plugin_reads_a_token_of_the_stores_key():
    claims = run(f"offerlift_claims('{token()}')")
    assert claims["currency"] == "EUR"
    assert len(claims["lines"]) == 3


FORGED = {
    "another key": token(key="sk_other_0123456789abcdef0123456789abcdef"),
    "expired": token(exp=1),
    "another issuer": token(iss="other"),
    "no signature": token().rpartition(".")[0] + ".",
    "algorithm none": token(key="", algorithm="none"),
    "altered": token().replace(".", ".e", 1),
    "no token": "x.y.z",
    "nothing": "",
}


@needs_php
@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_plugin_takes_nothing_else(text):
    assert run(f"offerlift_claims('{text}')") is None


@needs_php
@pytest.mark.parametrize(
    ("sku", "product", "accepted"),
    [
        ("balm", "34", {"quantity": 3, "price": 10 / 3}),
        ("other", "35", {"quantity": 1, "price": 30}),
        ("other", "36", None),
        ("", "36", None),
    ],
)
def test_plugin_prices_a_product_as_accepted(sku, product, accepted):
    found = run(f"offerlift_accepted(offerlift_claims('{token()}'), '{sku}', '{product}')")
    assert found == (accepted and pytest.approx(accepted))


@needs_php
def test_plugin_knows_the_decimals_of_all_currencies():
    currencies = sorted(get_global("all_currencies"))
    assert len(currencies) > 150
    units = run(f"array_map('offerlift_minor_units', {json.dumps(currencies)})")
    assert units == [10 ** money.decimals(currency) for currency in currencies]


def page_of(head: str, command: str = "page") -> Any:
    return json.loads(head.partition(f"upsell('{command}', ")[2].partition(")</script>")[0])


@needs_php
def test_plugin_has_no_syntax_errors():
    subprocess.run([PHP or "", "-l", str(PLUGIN)], check=True, capture_output=True, timeout=60)


@needs_php
def test_plugin_tells_the_snippet_what_the_page_is():
    head = run("call('wp_head')")
    assert '<script async src="https://offers.example/s/upsell.js" data-key="pk_shop"></script>' in head
    assert '<script async src="https://offers.example/s/woocommerce.js"></script>' in head
    assert page_of(head) == {
        "cart": {
            "currency": "EUR",
            "total_minor": 1487,
            "items": [
                {"sku": "balm", "quantity": 3, "price_minor": 476},
                {"sku": "36", "quantity": 1, "price_minor": 60},
            ],
        },
        "visitor": {"country": "DE"},
    }


@needs_php
def test_plugin_tells_prices_without_tax_where_the_cart_shows_them_so():
    head = run("call('wp_head')", "$options['woocommerce_tax_display_cart'] = 'excl';")
    cart = page_of(head)["cart"]
    assert (cart["total_minor"], [item["price_minor"] for item in cart["items"]]) == (1250, [400, 50])


@needs_php
def test_plugin_tells_the_order_on_the_page_that_thanks_for_it():
    head = run("call('wp_head')", RECEIVED)
    assert page_of(head, "order") == {
        "cart": {
            "currency": "EUR",
            "total_minor": 833,
            "items": [{"sku": "balm", "quantity": 2, "price_minor": 476}],
        },
        "visitor": {"country": "FR"},
    }


RECEIVED = (
    "$request['page'] = 'received'; $request['order-received'] = '7'; $_GET['key'] = 'wc_order_secret';"
    "$shop->cart->items = [];"
)
NO_PAGE = {
    "admin": "$request['is_admin'] = true;",
    "ajax": "$request['is_ajax'] = true;",
    "cron": "$request['is_cron'] = true;",
    "customizer": "$request['is_customizer'] = true;",
    "preview of a draft": "$request['is_preview'] = true;",
    "feed": "$request['is_feed'] = true;",
    "rest": "define('REST_REQUEST', true);",
    "no cart": "$shop->cart = null;",
    "no cart, customer and session": "$shop->cart = $shop->customer = $shop->session = null;",
    "another page": "$request['page'] = 'home';",
    "paying an order": "$request['page'] = 'pay';",
    "somebody else's order": RECEIVED + "$_GET['key'] = 'guessed';",
    "an order without its key": RECEIVED + "unset($_GET['key']);",
    "a key that is a list": RECEIVED + "$_GET['key'] = ['wc_order_secret'];",
    "no such order": RECEIVED + "$request['order-received'] = '8';",
    "a payment that failed": RECEIVED + "$orders[7]->status = 'failed';",
}


@needs_php
@pytest.mark.parametrize("before", NO_PAGE.values(), ids=NO_PAGE.keys())
def test_plugin_prints_nothing_where_no_shopper_sees_a_page(before):
    assert run("call('wp_head')", before) is None
    assert slots(before) == []


@needs_php
def test_plugin_tells_no_country_without_a_customer():
    assert page_of(run("call('wp_head')", "$shop->customer = null;"))["visitor"] == {"country": None}


@needs_php
def test_plugin_lets_no_sku_end_the_script():
    item = "['data' => new WC_Product(35), 'quantity' => 1, 'line_subtotal' => 1]"
    head = run("call('wp_head')", before=f"$shop->cart->items = [{item}];")
    assert head.count("</script>") == head.count("<script")


@needs_php
def test_plugin_survives_a_cart_whose_totals_are_not_there_yet():
    head = run("call('wp_head')", "$shop->cart->items = [['data' => new WC_Product(34), 'quantity' => 0]];")
    assert page_of(head)["cart"]["items"] == [{"sku": "balm", "quantity": 1, "price_minor": 0}]


# the plugin's own notice, its word that it fits, and what it adds to Offerlift's webhooks
STAFF_HOOKS = {
    "admin_notices",
    "before_woocommerce_init",
    "woocommerce_webhook_payload",
    "woocommerce_webhook_topic_hooks",
    "woocommerce_before_delete_order",
    "before_delete_post",
    "woocommerce_refund_deleted",
    "woocommerce_rest_delete_shop_order_refund_object",
}
INCOMPLETE: list[dict[str, Any]] = [
    {},
    {"OFFERLIFT_EDGE": "https://offers.example"},
    KEYS | {"OFFERLIFT_EDGE": ""},
    KEYS | {"OFFERLIFT_KEY": " "},
    KEYS | {"OFFERLIFT_SECRET": ""},
    KEYS | {"OFFERLIFT_SECRET": False},
    KEYS | {"OFFERLIFT_EDGE": "offers.example"},
    KEYS | {"OFFERLIFT_EDGE": 'https://offers.example/"><script>'},
    KEYS | {"OFFERLIFT_KEY": SECRET, "OFFERLIFT_SECRET": "pk_shop"},
]


@needs_php
@pytest.mark.parametrize("constants", INCOMPLETE, ids=str)
def test_plugin_that_is_not_set_up_leaves_the_shop_alone_and_tells_its_staff_once(constants):
    assert set(run("array_keys($hooks)", constants=constants)) == STAFF_HOOKS
    notice = run("call('admin_notices')", constants=constants)
    assert notice.count("<div") == 1
    assert SECRET not in notice
    for name in KEYS:
        is_missing = not str(constants.get(name) or "").strip()
        assert is_missing <= (name in notice)


@needs_php
def test_plugin_that_is_set_up_has_nothing_to_tell():
    assert run("call('admin_notices')") is None


@needs_php
def test_plugin_tells_nobody_who_cannot_mend_it():
    assert run("call('admin_notices')", "$capabilities = [];", constants={}) is None


@needs_php
@pytest.mark.parametrize("old", [None, "8.7.0"], ids=["none", "old"])
def test_plugin_without_woocommerce_prints_nothing_and_says_why(old):
    before = f"$shop->version = '{old}';" if old else ""
    assert "WooCommerce 8.8" in run("call('admin_notices')", before, shop=bool(old))
    if not old:
        for hook in ["wp_head", "init", "render_block_woocommerce/cart", "before_woocommerce_init"]:
            assert run(f"call('{hook}', '')", shop=False) in (None, "")


@needs_php
@pytest.mark.parametrize(
    ("page", "moments"),
    [
        ("", ["cart", "confirmation", "payment"]),
        (RECEIVED, ["confirmation"]),
        ("$shop->cart->items = [];", ["confirmation"]),
    ],
    ids=["cart", "thanks", "empty"],
)
def test_plugin_makes_room_for_offers(page, moments):
    assert slots(page) == moments


@needs_php
@pytest.mark.parametrize(
    ("answer", "moments"),
    [
        ({"code": 200, "body": '{"moments": ["cart"], "ttl_s": 60}'}, ["cart"]),
        ({"code": 200, "body": '{"moments": [], "ttl_s": 60}'}, []),
        ({"code": 200, "body": '{"moments": [["cart"], 7, "payment"]}'}, ["payment"]),
        ({"code": 200, "body": '{"moments": "cart"}'}, []),
        ({"code": 200, "body": "<html>"}, []),
        ({"code": 503, "body": '{"moments": ["cart"]}'}, []),
        ({"code": 401, "body": '{"error": {}}'}, []),
    ],
    ids=str,
)
def test_plugin_makes_room_only_where_something_runs(answer, moments):
    assert slots(f"$answer = json_decode('{json.dumps(answer)}', true);") == moments


def known(asked_s_ago: int, answer: str = "$answer") -> str:
    """The edge said a while ago that something runs on the cart page; what it would say now is ``answer``."""
    return (
        f"set_transient(offerlift_transient(), ['moments' => ['cart'], 'asked_at' => time() - {asked_s_ago},"
        f" 'problem' => ''], 1); $answer = {answer};"
    )


CART = "call('woocommerce_before_cart_collaterals')"
TIMEOUT = "new WP_Error()"


@needs_php
@pytest.mark.parametrize(
    ("asked_s_ago", "at_once", "after_the_page"),
    [(5, 0, 0), (59, 0, 0), (62, 0, 1), (599, 0, 1), (602, 1, 0)],
)
def test_plugin_asks_what_runs_once_a_minute_and_after_the_page(asked_s_ago, at_once, after_the_page):
    before = known(asked_s_ago) + f"{CART}; {CART}; $first = count($asked); call('shutdown');"
    assert run("[$first, count($asked) - $first]", before) == [at_once, after_the_page]


@needs_php
def test_plugin_gives_the_edge_a_second():
    assert run("$asked", CART + ";") == [["https://offers.example/v1/moments?key=pk_shop", 1]]


@needs_php
def test_plugin_makes_no_room_while_the_edge_does_not_answer_and_asks_again_after_a_minute():
    before = known(62, TIMEOUT) + f"$while = {CART}; call('shutdown'); $then = {CART};"
    while_asking, then, asked, problem = run("[$while, $then, count($asked), offerlift_problem()]", before)
    assert 'data-upsell-slot="cart"' in while_asking
    assert (then, asked) == (None, 1)
    assert "Connection timed out" in problem


@needs_php
def test_plugin_that_cannot_reach_the_edge_asks_once_a_minute_however_many_pages_come():
    before = f"$answer = {TIMEOUT};" + f"{CART}; " * 5
    assert run("[count($asked), call('admin_notices') !== null]", before) == [1, True]


@needs_php
def test_plugin_goes_by_what_this_edge_said_of_this_store():
    assert run("offerlift_transient()") != run("offerlift_transient()", constants=KEYS | {"OFFERLIFT_KEY": "pk_b"})


@needs_php
@pytest.mark.parametrize("preview", ["$_GET['offerlift_preview'] = 'x';", "$_COOKIE['offerlift_preview'] = '1';"])
def test_plugin_makes_room_for_previews_of_what_does_not_run(preview):
    assert slots(preview + "$answer = ['code' => 200, 'body' => '{\"moments\": []}'];") == [
        "cart",
        "confirmation",
        "payment",
    ]


# what comes out of 3 units for 10.00 in a shop that enters prices without tax: shown with 19% they are 3.33 each
@needs_php
@pytest.mark.parametrize(
    ("shows", "quantity", "price"),
    [("incl", 3, 10 / 3 / 1.19), ("incl", 2, 10 / 3 / 1.19), ("excl", 3, 10 / 3), ("incl", 4, 4.0), ("excl", 4, 4.0)],
)
def test_plugin_sells_at_the_accepted_price_as_many_as_were_accepted(shows, quantity, price):
    before = f"$options['woocommerce_tax_display_cart'] = '{shows}';" + accepted_in_cart(quantity)
    assert run("$item['data']->price", before) == pytest.approx(price, rel=1e-9)


@needs_php
def test_plugin_goes_back_to_the_catalogues_price_when_the_quantity_is_raised():
    before = accepted_in_cart(3) + "$item['quantity'] = 4; $shop->cart->items = [$item];"
    before += "call('woocommerce_before_calculate_totals', $shop->cart);"
    assert run("[$item['data']->price, wc_get_price_including_tax($item['data'])]", before) == [4, 4.76]


@needs_php
@pytest.mark.parametrize(
    ("filter", "displayed", "expected"),
    [
        ("including", 3.34, 3.33),
        ("including", 3.32, 3.33),
        ("including", 9.90, 9.90),
        ("excluding", 3.34, 3.34),
    ],
)
def test_plugin_displays_the_accepted_price_whatever_was_rounded(filter, displayed, expected):
    shown = f"call('woocommerce_get_price_{filter}_tax', {displayed}, 1, $item['data'])"
    assert run(shown, accepted_in_cart(3)) == expected


@needs_php
def test_plugin_displays_other_products_as_the_shop_does():
    before = accepted_in_cart(3)
    assert run("call('woocommerce_get_price_including_tax', 3.34, 1, new WC_Product(34))", before) == 3.34


def accepted_in_cart(quantity: int) -> str:
    """The accepted balm in the cart, so many of it, and the cart's totals calculated."""
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{token()}'])"
    item = f"$item = {add}['cart_item_data'] + ['data' => new WC_Product(34), 'quantity' => {quantity}];"
    return item + "$shop->cart->items = [$item]; call('woocommerce_before_calculate_totals', $shop->cart);"


@needs_php
@pytest.mark.parametrize("text", [token(currency="USD"), FORGED["altered"], ""], ids=["currency", "altered", "none"])
def test_plugin_leaves_other_products_as_they_are(text):
    add = f"call('woocommerce_store_api_add_to_cart_data', ['id' => 34], ['offerlift_acceptance' => '{text}'])"
    assert run(add) == {"id": 34}


@needs_php
def test_plugin_writes_the_token_into_the_orders_line():
    before = "$line = new Bag(); call('woocommerce_checkout_create_order_line_item', $line, 'k',"
    before += " ['offerlift' => ['token' => 'signed']]);"
    assert run("$line->meta", before) == {"_offerlift_acceptance": "signed"}


@needs_php
def test_plugin_carries_the_visitor_and_all_variants_into_the_order():
    before = """call('woocommerce_blocks_loaded');
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['exit-test' => 'control']]);
        $order = new Bag(); call('woocommerce_store_api_checkout_update_order_meta', $order);"""
    assert run("$order->meta", before) == {
        "offerlift_visitor": "v_1",
        "offerlift_assignments": "exit-test=control, cart-test=treatment",
        "saved": True,
    }


@needs_php
@pytest.mark.parametrize(
    ("cookie", "meta"),
    [("$_COOKIE['upsell_visitor'] = 'v_2';", {"offerlift_visitor": "v_2", "offerlift_assignments": ""}), ("", [])],
    ids=["cookie", "nothing"],
)
def test_plugin_takes_the_visitor_of_the_cookie_where_the_session_has_none(cookie, meta):
    assert (
        run("$order->meta", f"{cookie} $order = new Bag(); call('woocommerce_checkout_create_order', $order);") == meta
    )


@needs_php
def test_plugin_respects_a_withdrawn_consent():
    before = """call('woocommerce_blocks_loaded'); $_COOKIE['upsell_visitor'] = 'v_1';
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => '', 'assignments' => []]);
        $order = new Bag(); call('woocommerce_checkout_create_order', $order);"""
    assert run("$order->meta", before) == []


@needs_php
@pytest.mark.parametrize(
    "data",
    ["null", "'text'", "['visitor' => ['v_1'], 'assignments' => 'x']", "['assignments' => [['x'], 7]]"],
)
def test_plugin_takes_no_nonsense_into_the_session(data):
    before = f"call('woocommerce_blocks_loaded'); call('extensions', {data});"
    before += "$order = new Bag(); call('woocommerce_checkout_create_order', $order);"
    assert run("$order->meta", before) == []


@needs_php
def test_plugin_notes_nothing_without_a_session_and_a_cookie():
    before = """$shop->session = null; call('woocommerce_blocks_loaded'); call('extensions', ['visitor' => 'v_1']);
        $_COOKIE['upsell_visitor'] = ['v_1']; $order = new Bag(); call('woocommerce_checkout_create_order', $order);"""
    assert run("$order->meta", before) == []


@needs_php
@pytest.mark.parametrize(
    ("url", "hooks"),
    [
        (
            "https://offers.example/v1/webhooks/woocommerce/tea",
            ["offerlift_delete_order"],
        ),
        ("https://erp.example/orders", []),
    ],
)
def test_plugin_tells_offerlift_alone_of_orders_that_are_deleted_at_once(url, hooks):
    added = "call('woocommerce_webhook_topic_hooks', ['order.deleted' => []], new WC_Webhook($url))['order.deleted']"
    assert run(added, f"$url = '{url}';") == hooks
