"""How often one client may call: a token bucket per store and line, in the memory of each process.

``EDGE_PROCESSES`` says how many processes there are, on all machines together, and each allows its share: so the limit
holds over all of them, whichever a client's connections reach, and needs nothing that they would have to share.
"""

import threading
import time
from collections.abc import Callable

MAX_CLIENTS = 50_000  # a few megabytes of memory


def share_of_limit(per_minute: int, processes: int) -> float:
    """Return how many of the calls a minute each of so many processes allows."""
    return per_minute / processes


class RateLimit:
    """Allows ``per_minute`` calls a minute on average and as many at once; 0 allows all."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.clock = clock
        # by when they were last used, the longest ago first
        self.buckets: dict[tuple[int, str], tuple[float, float]] = {}
        self.lock = threading.Lock()

    def seconds_to_wait(self, store_id: int, address: str) -> int:
        """Return 0 where the call may go on, else in how many seconds the next one may."""
        if not self.per_minute:
            return 0
        now, rate, client = self.clock(), self.per_minute / 60, (store_id, address)
        with self.lock:
            left, since = self.buckets.pop(client, (self.per_minute, now))
            left += (now - since) * rate
            if left > self.per_minute:
                left = self.per_minute
            if len(self.buckets) >= MAX_CLIENTS:
                # who has been away the longest, and so has most of the bucket back; nobody else's changes
                del self.buckets[next(iter(self.buckets))]
            if left < 1:
                self.buckets[client] = (left, now)
                return int((1 - left) / rate) + 1
            self.buckets[client] = (left - 1, now)
            return 0
