"""What the plugin adds to the work of a page: statements of the database, calls to others, and saved orders."""

import json

import pytest

from tests.shop_rig.same_pages import switch
from tests.shop_rig.visitors import slots_in

# At the end of a page: its statements, whom the server called meanwhile, and how often an order was saved. WooCommerce
# notes the second of a change for its caches, which it leaves out where another page has done so in the same second.
COUNTER = """
define('SAVEQUERIES', true);
$rig_calls = [];
$rig_saves = 0;
add_filter('pre_http_request', function ($answer, $given, $url) use (&$rig_calls) {
    $rig_calls[] = $url;
    return $answer;
}, 10, 3);
add_action('woocommerce_before_order_object_save', function () use (&$rig_saves) { $rig_saves++; });
register_shutdown_function(function () use (&$rig_calls, &$rig_saves) {
    $statements = array_column($GLOBALS['wpdb']->queries, 0);
    $counted = ['statements' => preg_grep('~transient-version|SHOW FULL COLUMNS~', $statements, PREG_GREP_INVERT)];
    $counted += ['calls' => $rig_calls, 'saves' => $rig_saves];
    file_put_contents(RIG_VAR . '/counted.jsonl', json_encode($counted) . "\\n", FILE_APPEND);
});
"""
# The settings, which WordPress reads with all others where somebody has saved them, and what the edge last said.
MOST_STATEMENTS = 2
WARM_UP = 3  # the shop fills its caches, and a draft of the order is made
VISITS = 3


@pytest.fixture
def counted(shop, edge, visitor, products):
    """Count what pages take, with the plugin and without it, for somebody with boots in the cart."""
    file = shop.var / "counted.jsonl"

    def count(path, *, is_there):
        visitor.set_cookie("rig_without", "" if is_there else "1")
        found = []
        for _ in range(VISITS):
            file.unlink(missing_ok=True)
            status, html = visitor.get(path)
            assert status == 200, path
            assert bool(slots_in(html)) == (is_there and path in ("/cart/", "/checkout/")), path
            found.append(json.loads(file.read_text().splitlines()[0]))
        return found

    with switch(shop), shop.mu_plugin("counter", COUNTER):
        visitor.add(products["BOOTS"])
        yield count


@pytest.mark.parametrize("path", ["/", "/shop/", "/cart/", "/checkout/"])
def test_page_takes_hardly_more_of_the_database_and_of_others(counted, visitor, path):
    for _ in range(WARM_UP):
        visitor.get(path)
    without, with_plugin = counted(path, is_there=False), counted(path, is_there=True)
    fewest = [min(len(visit["statements"]) for visit in visits) for visits in (without, with_plugin)]
    assert fewest[1] - fewest[0] <= MOST_STATEMENTS
    assert [visit["calls"] for visit in with_plugin] == [visit["calls"] for visit in without]
    assert max(visit["saves"] for visit in with_plugin) <= max(visit["saves"] for visit in without)
