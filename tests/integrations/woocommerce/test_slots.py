"""The plugin makes room for offers where something runs, which it asks the edge."""

import json

import pytest

from tests.integrations.woocommerce.plugin import (
    ADMIN,
    KEYS,
    RECEIVED,
    needs_php,
    run,
    slots,
)


@needs_php
@pytest.mark.parametrize(
    ("page", "moments"),
    [
        ("", ["cart", "confirmation", "payment", "shipping"]),
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
        f" 'is_answered' => true], 1); $answer = {answer};"
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
    before = f"$request['is_admin'] = false; $answer = {TIMEOUT};" + f"{CART}; " * 5
    assert run("[count($asked), call('admin_notices') !== null]", before, first=ADMIN) == [1, True]


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
        "shipping",
    ]


@needs_php
@pytest.mark.parametrize(
    ("content", "moment"),
    [
        ('<!-- wp:offerlift/slot {"moment":"payment"} /-->', "payment"),
        ("<p>Before</p><!-- wp:offerlift/slot /-->", "cart"),
        ('[offerlift moment="shipping"]', "shipping"),
        ("[offerlift]", "cart"),
        ("<!-- wp:offerlift/slot {broken} /-->", "cart"),
        ("[offerlift_of_others] <!-- wp:offerlift/slots /-->", ""),
    ],
)
@pytest.mark.parametrize("place", ["$GLOBALS['content']", "$GLOBALS['_wp_current_template_content']"])
def test_plugin_adds_no_slot_of_its_own_where_one_is_placed_by_hand(content, moment, place):
    automatic = {"cart", "confirmation", "payment", "shipping"}
    assert slots(f"{place} = '{content}';") == sorted(automatic - {moment})
