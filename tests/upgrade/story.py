"""What happened in three stores before the upgrade: told in the code's own words, most of it through the edge's API.

- ``tea`` sends its orders by the API: tests that run, pause and won, a holdout, shared links, accepted offers.
- ``corner`` has a WooCommerce: orders in each status, deliveries that are done, failed, and still to be done.
- ``lamps`` has a Shopify: orders, a refund, a delivery that was given up.
"""

from typing import Any

from checkout_widgets.edge import decision_counter
from experiments.accounting import partitions, rollups
from tests.upgrade.story_cast import CLOCK, make_store
from tests.upgrade.story_shops import sell_in_corner, sell_in_lamps
from tests.upgrade.story_tea import accept_and_leave, import_past, leave_a_day_touched, live_in_tea, open_tea, share


def tell() -> dict[str, Any]:
    """Let it all happen, and return what whoever was there still holds: tokens, links."""
    partitions.make_ahead(CLOCK.at)
    tea, corner, lamps = make_store("tea", "EUR"), make_store("corner", "EUR"), make_store("lamps", "USD")
    tests = open_tea(tea)
    live_in_tea(tea, tests)
    held = {"shares": share(tests), "unredeemed": accept_and_leave(tea)}
    import_past(tea)
    sell_in_corner(corner)
    sell_in_lamps(lamps)
    rollups.refresh_touched()
    leave_a_day_touched(tea)
    decision_counter.current().flush()
    return held
