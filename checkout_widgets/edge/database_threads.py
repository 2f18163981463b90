"""A few threads for requests that ask the database, so that the threads that decide never wait for it."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger(__name__)

# As many as a process had for everything before: more write little more, and take the interpreter from decisions.
THREADS = 2
# Batches take 2 to 5 ms: the last of so many waits a fifth of a second. With a database that is stuck, more would only
# hold their senders' connections.
WAITING = 64
# The proxy gives a request up after 15 s (docs/nginx/offerlift.conf). What a stuck database has held up for this long
# is sent again by its sender, and shall not hold up what comes after it.
LONGEST_WAIT_S = 10.0


class DatabaseThreads:
    """Runs what asks the database, and refuses more than can wait."""

    def __init__(self, threads: int = THREADS, waiting: int = WAITING) -> None:
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="edge-database")
        self.places = threading.BoundedSemaphore(threads + waiting)

    def hand_over(self, work: Callable[[], object], give_up: Callable[[], None]) -> None:
        """Have a thread do the work; where too much waits already, or once it has waited too long, ``give_up``."""
        if not self.places.acquire(blocking=False):
            give_up()
            return
        try:
            self.executor.submit(self.run, work, give_up, time.monotonic())
        except RuntimeError:  # the process ends, and takes nothing more
            self.places.release()
            give_up()

    def run(self, work: Callable[[], object], give_up: Callable[[], None], since: float) -> None:
        """Do what was handed over at ``since``, by the monotonic clock."""
        try:
            if time.monotonic() - since > LONGEST_WAIT_S:
                give_up()
            else:
                work()
        except Exception:  # nobody else sees it: the executor keeps it to itself
            logger.exception("A request failed after it was handed over")
        finally:
            self.places.release()
