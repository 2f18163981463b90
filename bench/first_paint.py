"""How long a report takes from its stored result: ``python -m bench.first_paint``.

The page of one test, from the request to the last byte of the answer, by Django's own client: with a stored result of
today, as whoever opens a report gets it, and computed anew, as the page then asks for. The floor is another page, which
reads nothing but who is logged in. In turns, medians.
"""

import json
import os
from argparse import ArgumentParser, Namespace
from functools import partial

from bench.database import scratch
from bench.figures import beside, in_milliseconds
from bench.rows import load, vacuum
from bench.turns import medians_in_turns

BAR_MS = 100  # below it, a page seems to be there at once
FLOOR = "/account/password/"


def measure(addresses: dict[str, str], client: object, rounds: int) -> dict[str, float]:
    """Return the medians in seconds of these pages, in turns; each was asked for once before."""

    def ask(address: str) -> None:
        response = client.get(address)  # type: ignore[attr-defined]
        assert response.status_code == 200, response.status_code

    pages = {}
    for name, address in addresses.items():
        pages[name] = partial(ask, address)
    return medians_in_turns(pages, rounds, warm_up=1)


def chosen() -> Namespace:
    """Return how much is filled and how often pages are asked for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


def main() -> None:
    """Fill, store a result, ask for the pages, and print the figures, the last line as JSON."""
    options = chosen()
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")  # no files have been collected for pages to name
    with scratch("config.settings"):
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone

        from experiments.accounting.rebuild import rebuild
        from experiments.snapshots import take_snapshot
        from tests import factories

        experiment = factories.make_experiment(cap_minor=20_000)
        load(experiment, options.exposures, lambda done: None)
        vacuum()
        rebuild(experiment)
        take_snapshot(experiment, now=timezone.now())
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(factories.make_user(experiment.store))
        place = [experiment.store.slug, experiment.key]
        addresses = {
            "floor": FLOOR,
            "stored": reverse("dashboard:report", args=place),
            "computed": reverse("dashboard:findings", args=place),
        }
        taken = measure(addresses, client, options.rounds)
    ratios = beside(taken, "floor", digits=2)
    for name, time in taken.items():
        print(f"{time * 1000:>8,.1f} ms  {ratios[name]:>6.2f} of the floor  {name}")
    print(
        json.dumps({"exposures": options.exposures, "bar_ms": BAR_MS, "ms": in_milliseconds(taken), "ratios": ratios})
    )


if __name__ == "__main__":
    main()
