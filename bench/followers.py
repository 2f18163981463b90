"""How soon many edge processes have a change, and what that costs PostgreSQL: ``python -m bench.followers``.

The followers are the edge's own code, each with a thread and a configuration of its own, in one process. The worker and
the console are real ones. The floor is what edges do by default: each asks the database.
"""

import json
import os
import statistics
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

from bench.database import scratch
from bench.server import HOST, console

if TYPE_CHECKING:
    from checkout_widgets.edge.live_configuration import ConfigurationFeed, LiveConfiguration

KEY = "a-key-of-this-benchmark-and-of-nothing-else"
WITHIN_S = 20.0  # for a change to arrive; what takes longer has been lost
SETTLE_S = 2.0  # PostgreSQL's backends report what they did about once a second


def make_stores(number: int) -> None:
    """Stores with two tests each."""
    from tests import factories

    for _ in range(number):
        store = factories.make_store()
        factories.make_live_experiment(store)
        factories.make_live_experiment(store, moment="exit_intent")


@contextmanager
def publishing(environment: dict[str, str], folder: Path) -> Iterator[None]:
    """The worker at work, once it has published."""
    from config.processes import worker_command

    worker = Popen(worker_command(), env=os.environ | environment)
    try:
        wait_until((folder / "index").exists)
        yield
    finally:
        worker.terminate()
        worker.wait(20)


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return once the condition holds. Raises ``RuntimeError`` where that takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("It did not happen in time.")
        time.sleep(0.02)


@contextmanager
def following(number: int, feed: "Callable[[], ConfigurationFeed]") -> "Iterator[list[LiveConfiguration]]":
    """So many followers, all of which have the configuration; their looks are spread as those of processes are."""
    from django.conf import settings
    from django.db import connection

    from checkout_widgets.edge.live_configuration import LiveConfiguration

    followers = []
    for _ in range(number):
        followers.append(LiveConfiguration(feed()))
    for follower in followers:
        follower.start()
        time.sleep(settings.EDGE_POLL_SECONDS / number)
    connection.close()  # the first load was this thread's
    try:
        yield followers
    finally:
        for follower in followers:
            follower.is_stopping.set()
        for follower in followers:
            follower.stop()


def transactions() -> int:
    """How many transactions the database has seen; what looks for changes makes one of each query."""
    from django.db import connection

    time.sleep(SETTLE_S)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
        number = int(cursor.fetchone()[0])
    connection.close()
    return number


def queries_per_second(seconds: float) -> float:
    """What the database is asked while nothing changes."""
    before, start = transactions(), time.monotonic()
    time.sleep(seconds)
    after = transactions()
    own = 3  # what counting asks
    return (after - before - own) / (time.monotonic() - start)


def seconds_until_live(followers: "Sequence[LiveConfiguration]", price_minor: int) -> list[float]:
    """Change the price of an offer, and return how long each follower takes to have it. 20 s where it never does."""
    from checkout_widgets.models import Offer

    offer = Offer.objects.filter(widgets__variant__experiment__moment="cart").order_by("?").select_related("store")[0]
    site_key = offer.store.site_key
    Offer.objects.filter(pk=offer.pk).update(price_minor=price_minor)
    start = time.monotonic()
    waiting, taken = list(followers), []
    while waiting and time.monotonic() - start < WITHIN_S:
        for follower in [*waiting]:
            assert follower.configuration is not None
            [test] = follower.configuration.by_site_key[site_key].tests["cart"]
            if test.offers[0].price_minor == price_minor:
                taken.append(time.monotonic() - start)
                waiting.remove(follower)
        time.sleep(0.005)
    return taken + [WITHIN_S] * len(waiting)


def measure(number: int, feed: "Callable[[], ConfigurationFeed]", *, seconds: float, changes: int) -> dict[str, float]:
    """What so many followers cost idle, and how soon the last of them has a change."""
    with following(number, feed) as followers:
        idle = queries_per_second(seconds)
        last = []
        for change in range(changes):
            last.append(max(seconds_until_live(followers, 1_000 + change)))
    return {
        "queries_per_second": round(idle, 2),
        "live_on_all_s": round(statistics.median(last), 3),
        "live_on_all_slowest_s": round(max(last), 3),
    }


def main() -> None:
    """Measure each way, and print the figures."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=50)
    parser.add_argument("--stores", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0, help="of idleness to count the queries in")
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="offerlift-"))) / "configuration"
        # for this process too, which reads its settings only now
        publication = {"EDGE_KEYS": KEY, "CONFIGURATION_FOLDER": str(folder)}
        os.environ |= publication
        environment = stack.enter_context(scratch("config.settings"))
        make_stores(options.stores)
        print(json.dumps(figures(options, environment, folder)))


def figures(options: Any, environment: dict[str, str], folder: Path) -> dict[str, Any]:
    """All figures: of the floor, of the folder, and of the console."""
    from checkout_widgets.edge.live_configuration import DatabaseFeed
    from checkout_widgets.edge.publication.folder import ConfigurationFolder
    from checkout_widgets.edge.publication.follower import PublicationFollower
    from checkout_widgets.edge.publication.server import ConfigurationServer

    sizes = {"seconds": options.seconds, "changes": options.changes}
    found: dict[str, Any] = {"benchmark": "followers", "followers": options.followers}
    with publishing(environment, folder), console(environment) as port:
        url = f"http://{HOST}:{port}/edge-configuration"
        feeds: dict[str, Callable[[], ConfigurationFeed]] = {
            "database": DatabaseFeed,
            "folder": lambda: PublicationFollower(ConfigurationFolder(folder), None),
            "console": lambda: PublicationFollower(ConfigurationServer(url, KEY), None),
        }
        for name, feed in feeds.items():
            found[name] = measure(options.followers, feed, **sizes)
            print(f"{name}: {found[name]}", flush=True)
        # last, when the worker is through with what it does at its start
        found["nobody"] = {"queries_per_second": round(queries_per_second(options.seconds), 2)}
    floor = found["database"]
    for name in ("folder", "console"):
        found[name]["queries_of_floor"] = round(found[name]["queries_per_second"] / floor["queries_per_second"], 3)
        found[name]["time_of_floor"] = round(found[name]["live_on_all_s"] / floor["live_on_all_s"], 2)
    found["load_average"] = round(os.getloadavg()[0], 1)
    return found


if __name__ == "__main__":
    main()
