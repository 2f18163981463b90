"""What silenced shoppers cost a decision and the configuration: ``python -m bench.silenced``.

A store with 10,000 of them beside the same store with none, in turns: the decision of a shopper who isn't silenced, and
how long the configuration takes to load. The digests are loaded from the database as an edge loads them.
"""

import json
import os
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from bench import decide, interpreter
from bench.database import scratch
from bench.decision import Answering, edge_server, microseconds
from bench.turns import medians_in_turns

SHOPPERS = 10_000


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


def decisions(server: Answering, rounds: int) -> dict[str, float]:
    """Return the least microseconds of a decision with silenced shoppers in memory, and with none, in turns."""
    from checkout_widgets.edge import live_configuration

    [configured] = live_configuration.current().by_site_key.values()
    silenced = configured.silenced
    assert len(silenced) >= 1
    least = {"none": float("inf"), "silenced": float("inf")}
    for _ in range(rounds):
        for name, digests in (("none", {}), ("silenced", silenced)):
            object.__setattr__(configured, "silenced", digests)
            least[name] = min(least[name], microseconds(server))
    return least


def main() -> None:
    """Print the ratios."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--shoppers", type=int, default=SHOPPERS)
    options = parser.parse_args()
    os.environ |= {"EDGE_POLL_SECONDS": "0", "EDGE_CALLS_PER_MINUTE": "100000000"}
    with scratch():
        from checkout_widgets.edge import live_configuration, loading
        from checkout_widgets.models import SilencedShopper
        from experiments.models import Store

        decide.make_store()
        store = Store.objects.get()
        empty = medians_in_turns({"load": loading.load}, 9, warm_up=2)["load"]
        silence_many(store, options.shoppers)
        full = medians_in_turns({"load": loading.load}, 9, warm_up=2)["load"]
        live_configuration.refresh()
        least = decisions(edge_server(), options.rounds)
        assert SilencedShopper.objects.count() == options.shoppers
    ratio = least["silenced"] / least["none"]
    print(interpreter.describe())
    print(
        f"a decision takes {least['none']:.1f} µs, with {options.shoppers:,} silenced {least['silenced']:.1f}: "
        f"{ratio:.3f} times; loading takes {1e3 * empty:.1f} ms, with them {1e3 * full:.1f}"
    )
    print(json.dumps({"benchmark": "silenced", "ratio": round(ratio, 3), "load_ms": round(1e3 * full, 1)}))


if __name__ == "__main__":
    main()
