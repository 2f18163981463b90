"""How often one client may call: a token bucket per store and line, in the memory of each process.

``EDGE_PROCESSES`` says how many processes there are, on all machines together, and each allows its share: so the limit
holds over all of them, whichever a client's connections reach, and needs nothing that they would have to share.
"""

import threading
import time
from collections.abc import Callable

MAX_CLIENTS = 50_000  # a few megabytes of memory
ROUNDING_S = 1e-6  # what adding up intervals may be off by: the last call that a bucket holds is still one of them


def share_of_limit(per_minute: int, processes: int) -> float:
    """Return how many of the calls a minute each of so many processes allows."""
    return per_minute / processes


class RateLimit:
    """Allows ``per_minute`` calls a minute on average and as many at once; 0 allows all."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.clock = clock
        self.interval_s = 60 / per_minute if per_minute else 0.0  # in which one call comes back into a bucket
        # When each client's bucket is full again, by the clock: one number says how many calls are left. By when they
        # were last used, the longest ago first.
        self.full_at: dict[tuple[int, str], float] = {}
        self.lock = threading.Lock()

    def seconds_to_wait(self, store_id: int, address: str) -> int:
        """Return 0 where the call may go on, else in how many seconds the next one may."""
        if not self.per_minute:
            return 0
        now, client = self.clock(), (store_id, address)
        with self.lock:
            full_at = self.full_at.pop(client, now)
            if full_at < now:
                full_at = now
            full_again_at = full_at + self.interval_s  # as the call takes one interval's worth
            wait_s = full_again_at - now - 60  # an empty bucket takes a minute
            is_allowed = wait_s <= ROUNDING_S
            if is_allowed:
                full_at = full_again_at
            self.full_at[client] = full_at
            if len(self.full_at) > MAX_CLIENTS:
                # who has been away the longest, and so has most of the bucket back; nobody else's changes
                del self.full_at[next(iter(self.full_at))]
        if is_allowed:
            return 0
        return int(wait_s) + 1
