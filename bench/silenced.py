"""What shoppers with problems or send points cost a decision and the configuration: ``python -m bench.silenced``.

A store with 10,000 silenced shoppers and 100,000 send points beside the same store with neither, in turns: the decision
of a shopper who has none of them, logged in, and how long the configuration takes to load. The rows are loaded from the
database as an edge loads them. Then what an edge process holds of them.
"""

import json
import os
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from sys import getsizeof
from typing import Any

from bench import decide, interpreter
from bench.database import scratch
from bench.decision import Answering, edge_server, microseconds
from bench.figures import median_ratio, medians
from bench.turns import medians_in_turns

SHOPPERS = 10_000
SEND_POINTS = 100_000
LOADS = 9


def silence_many(store: Any, shoppers: int) -> None:
    """Silence so many visitors of the store for a day."""
    from django.utils import timezone

    from checkout_widgets.models import SilencedShopper
    from checkout_widgets.silenced_shoppers import visitor_digest

    until = timezone.now() + timedelta(days=1)
    rows = []
    for number in range(shoppers):
        digest = visitor_digest(store.pk, f"silenced-{number}")
        rows.append(SilencedShopper(store=store, owner=number, shopper=digest, until=until))
    SilencedShopper.objects.bulk_create(rows)


def give_send_points(store: Any, shoppers: int) -> None:
    """Give so many visitors of the store a send point of today."""
    from django.utils import timezone

    from checkout_widgets import send_points_today
    from checkout_widgets.packed_shoppers import key_of
    from checkout_widgets.silenced_shoppers import visitor_digest

    digests = (visitor_digest(store.pk, f"due-{number}") for number in range(shoppers))
    keys = map(key_of, digests)
    send_points_today.keep(store.pk, timezone.now() + timedelta(days=1), keys, "bench")


def decisions(server: Answering, rounds: int) -> dict[str, list[float]]:
    """Return the microseconds of a decision with neither, with each, and with both in memory, round by round."""
    from checkout_widgets.edge import live_configuration

    [configured] = live_configuration.current().by_site_key.values()
    silenced, send_points = configured.silenced, configured.send_points
    assert silenced
    assert send_points is not None
    held = {
        "none": ({}, None),
        "silenced": (silenced, None),
        "send points": ({}, send_points),
        "both": (silenced, send_points),
    }
    taken: dict[str, list[float]] = {name: [] for name in held}
    for _ in range(rounds):
        for name, (digests, points) in held.items():
            object.__setattr__(configured, "silenced", digests)
            object.__setattr__(configured, "send_points", points)
            taken[name].append(microseconds(server))
    return taken


def bytes_held() -> dict[str, int]:
    """Return how much memory an edge process holds for each of the two, in bytes."""
    from checkout_widgets.edge import live_configuration

    [configured] = live_configuration.current().by_site_key.values()
    silenced = getsizeof(configured.silenced)
    for shopper, until in configured.silenced.items():
        silenced += getsizeof(shopper) + getsizeof(until)
    assert configured.send_points is not None
    return {"silenced": silenced, "send points": getsizeof(configured.send_points.keys)}


def measure(shoppers: int, send_points: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return microseconds of decisions, how many times the plain one's of their round they are, milliseconds of loads,
    and bytes in memory, in a database without stores."""
    from checkout_widgets.edge import live_configuration, loading
    from experiments.models import Store

    decide.make_store()
    store = Store.objects.get()
    loads = {"none": milliseconds(loading.load)}
    give_send_points(store, send_points)
    loads["send points"] = milliseconds(loading.load)
    silence_many(store, shoppers)
    loads["both"] = milliseconds(loading.load)
    live_configuration.refresh()
    held = bytes_held()
    taken = decisions(edge_server(), rounds)
    return {
        "decision_us": medians(taken),
        "times": {name: median_ratio(figures, taken["none"]) for name, figures in taken.items()},
        "load_ms": loads,
        "bytes_each": {"silenced": held["silenced"] / shoppers, "send points": held["send points"] / send_points},
    }


def milliseconds(load: Callable[[], object]) -> float:
    """Return how long a load takes in the median."""
    return 1e3 * medians_in_turns({"load": load}, LOADS, warm_up=2)["load"]


def main() -> None:
    """Print the ratios."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--shoppers", type=int, default=SHOPPERS)
    parser.add_argument("--send-points", type=int, default=SEND_POINTS)
    options = parser.parse_args()
    os.environ |= {"EDGE_POLL_SECONDS": "0", "EDGE_CALLS_PER_MINUTE": "100000000"}
    with scratch():
        figures = measure(options.shoppers, options.send_points, options.rounds)
    print(interpreter.describe())
    times, loads, each = figures["times"], figures["load_ms"], figures["bytes_each"]
    for name, took in figures["decision_us"].items():
        print(f"a decision with {name}: {took:.1f} µs, {times[name]:.3f} times")
    for name, took in loads.items():
        print(f"loading with {name}: {took:.1f} ms")
    for name, size in each.items():
        print(f"{name}: {size:.0f} bytes each, {size / 10:.1f} MB of 100,000")
    load = round(os.getloadavg()[1], 1)
    print(json.dumps({"benchmark": "silenced", "load": load, **figures}))


if __name__ == "__main__":
    main()
