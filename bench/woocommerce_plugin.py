"""How much PHP the WooCommerce plugin costs a page of a real shop: the same pages with it and without it, in turns.

    RIG=... RIG_VAR=... python -m bench.woocommerce_plugin

The rig's shop is up, with the plugin, and an edge of a few lines answers it. Of each page the medians of processor time
and of time by the clock are printed, without the plugin (the floor) and what it adds. Ends with 1 where it adds more
than 5 ms of processor time to a page.
"""

import argparse
import json
import sys
from statistics import median
from typing import NamedTuple

from tests.shop_rig.edge import Edge
from tests.shop_rig.same_pages import switch
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, slots_in

BAR_MS = 5.0
WARM_UP = 3  # PHP compiles what it reads, and WordPress fills its caches
PAGES = ["/", "/shop/", "/cart/", "/checkout/"]
# Runs before all plugins, and notes what the request took.
TIMER = """
$rig_usage = getrusage();
$rig_clock = microtime(true);
register_shutdown_function(function () use ($rig_usage, $rig_clock) {
    $now = getrusage();
    $of = fn($name) => $now["ru_$name.tv_sec"] - $rig_usage["ru_$name.tv_sec"]
        + ($now["ru_$name.tv_usec"] - $rig_usage["ru_$name.tv_usec"]) / 1e6;
    $took = [1000 * ($of('utime') + $of('stime')), 1000 * (microtime(true) - $rig_clock)];
    file_put_contents(RIG_VAR . '/times.jsonl', json_encode($took) . "\\n", FILE_APPEND);
});
"""


class Took(NamedTuple):
    """Milliseconds of one request."""

    processor_ms: float
    clock_ms: float


def times(shop: Shop, visitor: Visitor, path: str, rounds: int) -> dict[bool, list[Took]]:
    """What each request took, by whether the plugin was there; one with and one without, in turns."""
    file = shop.var / "times.jsonl"
    took: dict[bool, list[Took]] = {True: [], False: []}
    for number in range(rounds + WARM_UP):
        for is_there in (True, False):
            file.unlink(missing_ok=True)
            visitor.set_cookie("rig_without", "" if is_there else "1")
            status, html = visitor.get(path)
            assert status == 200, path
            is_expected = is_there and path in ("/cart/", "/checkout/")
            assert ("upsell.js" in html) == is_expected, path
            # a theme that draws no content costs nothing, and would measure nothing
            assert bool(slots_in(html)) == is_expected, path
            if number >= WARM_UP:
                took[is_there].append(Took(*json.loads(file.read_text().splitlines()[0])))
    return took


def medians(took: list[Took]) -> list[float]:
    """Return the medians of what is timed, in its order: processor, then clock."""
    return list(map(median, zip(*took, strict=True)))


def main() -> int:
    """Measure, print, and hold it to the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    if not Shop.is_there():
        parser.error("RIG and RIG_VAR name no shop that was made.")
    shop, edge = Shop(), Edge()
    worst = 0.0
    with shop.constants(edge.constants()), switch(shop), shop.mu_plugin("timer", TIMER):
        visitor = Visitor(shop)
        visitor.add(shop.php("get_option('rig_products')")["BOOTS"])
        for path in PAGES:
            took = times(shop, visitor, path, arguments.rounds)
            floor, with_plugin = medians(took[False]), medians(took[True])
            processor_ms, clock_ms = with_plugin[0] - floor[0], with_plugin[1] - floor[1]
            worst = max(worst, processor_ms)
            print(
                f"{path:12} processor: {floor[0]:6.1f} ms without, {processor_ms:+5.1f} ms with;"
                f" clock: {floor[1]:6.1f} ms without, {clock_ms:+5.1f} ms with",
                flush=True,
            )
    edge.close()
    print(f"At most {worst:.1f} ms of processor time, of {BAR_MS:.0f}.")
    return 0 if worst <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
