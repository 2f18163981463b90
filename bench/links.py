"""What opening links and forging them does: ``python -m bench.links [--gets 10000] [--forged 1000]``.

Each of a message's links is opened so many times, as programs that check mail do; then as many tokens that nobody has
signed are sent to its page, opened and posted. Nothing may change, and none may be accepted.
"""

import json
import logging
import os
import random
from argparse import ArgumentParser
from itertools import islice

from bench.database import scratch


def main() -> None:
    """Print what was opened, what changed, and what was accepted; status 1 where anything did."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--gets", type=int, default=10_000, help="of each link")
    parser.add_argument("--forged", type=int, default=1_000, help="tokens, of all links together")
    options = parser.parse_args()
    # Some forged tokens lead to no page at all: that says so in the console's look, of files that nobody has collected.
    os.environ["STATIC_FROM_SOURCE"] = "1"
    with scratch("config.settings"):
        logging.getLogger("django.request").setLevel(logging.ERROR)  # that forged tokens aren't found is what is asked
        found = run(options.gets, options.forged)
    print(json.dumps({"benchmark": "links", **found}))
    raise SystemExit(bool(found["changed"] or found["accepted"] or found["failed"]))


def run(gets: int, forgeries: int) -> dict[str, object]:
    """Open, forge, and compare."""
    from django.test import Client, override_settings

    from tests import factories
    from tests.journeys.pages.every_link import forged, make_links, stored

    with override_settings(ADDRESS_KEYS=["of the benchmark"], ADDRESS_DIGEST_KEY="another", ALLOWED_HOSTS=["*"]):
        links, client, chance = make_links(factories.make_store()), Client(), random.Random(18)  # noqa: S311
        before, failed, accepted = stored(), 0, 0
        for path, token in links.items():
            for _ in range(gets):
                failed += client.get(path + token).status_code != 200
            for wrong in islice(forged(token, chance), forgeries // len(links)):
                accepted += client.get(path + wrong).status_code == 200
                accepted += client.post(path + wrong, {"price_minor": "990", "all": "on"}).status_code < 400
        changed = []
        for name, rows in stored().items():
            if rows != before[name]:
                changed.append(name)
    return {
        "links": len(links),
        "gets": gets,
        "forged": forgeries,
        "failed": failed,
        "accepted": accepted,
        "changed": changed,
    }


if __name__ == "__main__":
    main()
