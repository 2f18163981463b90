"""The configuration that this process answers from, kept up to date by a thread.

The first use loads it; from then on a daemon thread asks every ``EDGE_POLL_SECONDS`` for the version that database
triggers count, and loads the stores that changed where it moved. While the database is away the last configuration
stays. A forked process starts with none, and with a thread of its own. The thread also writes down what was decided
(``decision_counter.py``).
"""

import logging
import os
import threading
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import connection

from checkout_widgets.edge import decision_counter, loading
from checkout_widgets.edge.configuration import Configuration

logger = logging.getLogger(__name__)


class LiveConfiguration:
    """The latest configuration and the thread that follows changes; one per process."""

    def __init__(self) -> None:
        self.configuration: Configuration | None = None
        self.lock = threading.Lock()
        self.is_stopping = threading.Event()
        self.follower: threading.Thread | None = None

    def start(self) -> Configuration:
        """Load the configuration and follow it. Raises ``django.db.Error`` where the database is away."""
        with self.lock:
            configuration = self.configuration or self.refresh()
            if self.follower is None and settings.EDGE_POLL_SECONDS:
                self.follower = threading.Thread(target=self.follow, name="edge-configuration", daemon=True)
                self.follower.start()
                # also where a worker ends without ``atexit``
                Finalize(None, decision_counter.flush_at_exit, exitpriority=0)
            return configuration

    def refresh(self) -> Configuration:
        """Load the configuration as it is now."""
        configuration = self.configuration = loading.load()
        return configuration

    def follow(self) -> None:
        """Load what changed, until told to stop; a failure is said when it begins and when it is over."""
        is_failing = False
        while not self.is_stopping.wait(settings.EDGE_POLL_SECONDS):
            try:
                self.catch_up()
                decision_counter.current().flush_when_due()
            except Exception as error:  # whatever happens, the edge goes on with what it has and tries again
                connection.close()
                if not is_failing:
                    logger.warning("The edge keeps the configuration that it has: %s", error)
                is_failing = True
            else:
                if is_failing:
                    logger.warning("The edge follows the configuration again.")
                is_failing = False
        connection.close()

    def catch_up(self) -> Configuration:
        """Load what changed where the database has another version of the configuration."""
        known = self.configuration
        if known is None:
            return self.refresh()
        if known.version == loading.current_version():
            return known
        configuration = self.configuration = loading.load_changes(known)
        return configuration

    def stop(self) -> None:
        """End the thread, and its connection with it."""
        self.is_stopping.set()
        if self.follower is not None:
            self.follower.join()


_live = LiveConfiguration()


def current() -> Configuration:
    """The configuration to answer from. Raises ``django.db.Error`` where the first one can't be loaded."""
    return _live.configuration or _live.start()


def refresh() -> Configuration:
    """Catch up with the configuration now, in this thread and its transaction."""
    return _live.catch_up()


def forget() -> None:
    """Start again with nothing: the next use loads."""
    global _live
    _live.stop()
    _live = LiveConfiguration()
    decision_counter.forget()


def _forget_parents() -> None:
    global _live
    _live = LiveConfiguration()


os.register_at_fork(after_in_child=_forget_parents)
