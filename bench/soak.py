"""Two hours' shape of traffic in minutes: what grows, slows down, or piles up? ``python -m bench.soak [--minutes 4]``.

The product under ``serve`` and its clients are those of ``bench.kills``, at the pace of an hour of a shop: quiet, a
rise, and a peak as after a newsletter. The hour comes twice, and the end of the second is compared with that of the
first: what is kept for good after a peak is there both times, and what leaks has grown. Meanwhile pages of the console
are read.
"""

import json
import math
import os
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from bench.decide import HEADERS, body
from bench.kills import parts
from bench.kills.clients import Clients
from bench.kills.product import RunningProduct
from bench.server import HOST

# Shoppers a second in each five minutes of the hour.
HOUR = (2, 2, 4, 8, 6, 3, 2, 12, 20, 8, 4, 2)
CLIENTS = 6
PAGES = ("/", "/tests/", "/offers/", "/tests/bench/cart/")
MOST_GROWTH, ROOM_MB, ROOM_FILES = 0.05, 10.0, 8
FIRST_PROBE = 900_000_000  # a visitor whom no client has


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What the processes of a kind hold at a time: memory in megabytes, and open files and connections."""

    memory_mb: float
    files: int


@dataclass(eq=False)  # threads are told apart by which they are
class Probe(threading.Thread):
    """A shopper's decision and a page each second, by the clock, and what wasn't answered as it should be.

    ``decided_ms`` and ``read_ms`` are of all so far.
    """

    product: RunningProduct
    cookie: str
    is_over: threading.Event
    decided_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Ask until told to stop."""
        number = 0
        while not self.is_over.is_set():
            question = body(FIRST_PROBE + number)
            self.decided_ms.append(self.ask(self.product.edge_port, "POST", "/v1/decide", question, dict(HEADERS)))
            page = PAGES[number % len(PAGES)]
            self.read_ms.append(self.ask(self.product.console_port, "GET", page, None, {"Cookie": self.cookie}))
            number += 1
            self.is_over.wait(1.0)

    def ask(self, port: int, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> float:
        """Return how many milliseconds an answer took."""
        begun = time.perf_counter()
        # A new one each time, as most shoppers have: a kept one would not notice a server that takes no more.
        connection = HTTPConnection(HOST, port, timeout=15)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.wrong.append(f"{path}: {answer.status}")
        except (OSError, HTTPException) as error:
            self.wrong.append(f"{path}: {type(error).__name__}")
        finally:
            connection.close()
        return 1_000 * (time.perf_counter() - begun)


def main() -> None:
    """Print what was found; status 1 where something was lost, failed, or has grown."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0, help="that each of the two hours takes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offerlift-") as folder, parts.running(Path(folder)) as product:
        found = soak(product, seconds=60 * options.minutes)
    load = round(os.getloadavg()[1], 1)
    print(json.dumps({"benchmark": "soak", "load_average": load, **found}))
    sys.exit(0 if found["is_good"] else 1)


def soak(product: RunningProduct, *, seconds: float) -> dict[str, Any]:
    """Let two hours pass in twice so many seconds, and judge what they leave behind."""
    is_over = threading.Event()
    probe = Probe(product, signed_in(), is_over)
    begun = time.monotonic()

    def pause_s() -> float:
        return CLIENTS / shoppers_a_second((time.monotonic() - begun) / seconds)

    ends, medians = [], []
    with Clients(product.edge_port, CLIENTS, pause_s) as acknowledged:
        probe.start()
        for hour in (1, 2):
            time.sleep(max(0.0, begun + hour * seconds - time.monotonic()))
            ends.append(sizes(product))
            medians.append({"decide": median(probe.decided_ms), "pages": median(probe.read_ms)})
            probe.decided_ms, probe.read_ms = [], []
            print(f"after hour {hour}: {described(ends[-1])}; medians {medians[-1]} ms", flush=True)
    is_over.set()
    # Before anything is compared: an answer on its way may still be counted.
    probe.join(20)
    figures = parts.figures_of(acknowledged)
    grown = growth(*ends)
    logged = errors_in(product.log)
    is_good = figures["is_good"] and not (grown or logged or probe.wrong)
    return {
        **figures,
        "median_ms_by_hour": medians,
        "grown": grown,
        "wrong_answers": probe.wrong[:3],
        "errors_logged": logged[:3],
        "is_good": is_good,
    }


def shoppers_a_second(hours: float) -> float:
    """Return how many shoppers come in a second of the hour; each hour is like the one before."""
    return float(HOUR[int((hours % 1) * len(HOUR))])


def signed_in() -> str:
    """Return the cookie of an editor of the store."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from experiments.models import Store
    from tests import factories

    user = factories.make_user(Store.objects.get(slug="bench"))
    # Not through the login page: it would have to be slow, as a password's hash is.
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def sizes(product: RunningProduct) -> dict[str, Sizes]:
    """Return what the processes of each kind hold now."""
    found = {}
    for kind, processes in product.by_kind().items():
        memory, files = 0.0, 0
        for process in processes:
            folder = Path(f"/proc/{process}")
            # Pages that processes share count in parts, so that the sum is what is taken.
            proportional = (folder / "smaps_rollup").read_text().split("Pss:")[1].split()[0]
            memory += int(proportional) / 1_024
            files += len(list((folder / "fd").iterdir()))
        found[kind] = Sizes(memory_mb=round(memory, 1), files=files)
    return found


def described(ends: Mapping[str, Sizes]) -> str:
    """Return the sizes as words."""
    words = []
    for kind, size in sorted(ends.items()):
        words.append(f"{kind} {size.memory_mb:.0f} MB and {size.files} files")
    return ", ".join(words)


def growth(first: Mapping[str, Sizes], second: Mapping[str, Sizes]) -> list[str]:
    """Return what holds more after the second hour than the first one explains."""
    grown = []
    for kind, before in first.items():
        after = second.get(kind)
        if after is None:
            grown.append(f"{kind}: gone")
        elif after.memory_mb > before.memory_mb * (1 + MOST_GROWTH) + ROOM_MB:
            grown.append(f"{kind}: {before.memory_mb} to {after.memory_mb} MB")
        elif after.files > before.files + ROOM_FILES:
            grown.append(f"{kind}: {before.files} to {after.files} files")
    return grown


def errors_in(log: Path) -> list[str]:
    """Return the lines that say that something failed."""
    found = []
    # Half a line at the end, or what PostgreSQL says in another encoding, must not end the run.
    for line in log.read_text(errors="replace").splitlines():
        if " ERROR " in line or " CRITICAL " in line:
            found.append(line[:200])
    return found


def median(values: Sequence[float]) -> float:
    """Return the middle one, in whole tenths; NaN of none."""
    if not values:
        return math.nan
    return round(sorted(values)[len(values) // 2], 1)


if __name__ == "__main__":
    main()
