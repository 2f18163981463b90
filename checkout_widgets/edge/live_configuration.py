"""The configuration that this process answers from, kept up to date by a thread.

It comes from the database, or from what the worker publishes where ``CONFIGURATION_URL`` says where that is
(``publication/``). The first use loads it; from then on a daemon thread asks every ``EDGE_POLL_SECONDS`` for its
version, and loads the stores that changed where it moved. While nothing answers the last configuration stays. A forked
process starts with none, and with a thread of its own. The thread also writes down what was decided
(``decision_counter.py``).
"""

import logging
import os
import threading
from multiprocessing.util import Finalize
from typing import Protocol

from django.conf import settings
from django.db import connection

from checkout_widgets.edge import decision_counter, loading
from checkout_widgets.edge.configuration import Configuration
from checkout_widgets.edge.publication.folder import ConfigurationFolder, Unreadable
from checkout_widgets.edge.publication.follower import COPY_FOLDER, PublicationFollower, Refused, place_of

logger = logging.getLogger(__name__)


class NoConfiguration(Exception):
    """Nothing has been published for this process yet; its thread goes on asking."""


class ConfigurationFeed(Protocol):
    """Where the configuration comes from."""

    def load(self) -> Configuration:
        """Return the configuration as it is now."""

    def catch_up(self, known: Configuration) -> Configuration:
        """Return the configuration as it is now, ``known`` itself where nothing has changed."""


class DatabaseFeed:
    """The configuration as it is in the database. Raises ``django.db.Error``."""

    def load(self) -> Configuration:
        """Read all of it."""
        return loading.load()

    def catch_up(self, known: Configuration) -> Configuration:
        """Read what changed where the database has another version."""
        if known.version == loading.current_version():
            return known
        return loading.load_changes(known)


def feed_of_settings() -> ConfigurationFeed:
    """Return where the settings say that the configuration comes from."""
    if not settings.CONFIGURATION_URL:
        return DatabaseFeed()
    copy = ConfigurationFolder(settings.DATA_DIR / COPY_FOLDER)
    return PublicationFollower(place_of(settings.CONFIGURATION_URL), copy)


class LiveConfiguration:
    """The latest configuration and the thread that follows changes; one per process."""

    def __init__(self, feed: ConfigurationFeed | None = None) -> None:
        self.feed = feed or feed_of_settings()
        self.configuration: Configuration | None = None
        self.lock = threading.Lock()
        self.is_stopping = threading.Event()
        self.follower: threading.Thread | None = None
        self.failure = ""  # the kind of failure that was logged last and isn't over
        self.is_counting_failing = False

    def start(self) -> Configuration:
        """Load the configuration and follow it.

        Raises ``django.db.Error`` where the database is away, and ``NoConfiguration`` where nothing is published.
        """
        with self.lock:
            if self.configuration is None and self.follower is not None:
                # the thread is asking: requests that asked as well would each wait for an answer that doesn't come
                raise NoConfiguration(self.failure)
            try:
                configuration = self.configuration or self.refresh()
            except (Unreadable, Refused) as error:
                self.note_failure(error)
                self.begin_following()
                raise NoConfiguration(str(error)) from error
            self.begin_following()
            return configuration

    def begin_following(self) -> None:
        """Start the thread, unless it runs or the settings want none."""
        if self.follower is not None or not settings.EDGE_POLL_SECONDS:
            return
        self.follower = threading.Thread(target=self.follow, name="edge-configuration", daemon=True)
        self.follower.start()
        # also where a worker ends without ``atexit``
        Finalize(None, decision_counter.flush_at_exit, exitpriority=0)

    def refresh(self) -> Configuration:
        """Load the configuration as it is now."""
        configuration = self.configuration = self.feed.load()
        return configuration

    def follow(self) -> None:
        """Load what changed, until told to stop; a failure is said when it begins and when it is over."""
        while not self.is_stopping.wait(settings.EDGE_POLL_SECONDS):
            try:
                self.catch_up()
            except Exception as error:  # whatever happens, the edge goes on with what it has and tries again
                connection.close()
                self.note_failure(error)
            else:
                self.note_success()
            self.count_decisions()
        connection.close()

    def note_failure(self, error: Exception) -> None:
        """Log that the configuration can't be followed, once for each kind of failure on end."""
        kind = type(error).__name__
        if isinstance(error, Refused):
            if error.is_known:
                return
            kind = error.reason
        if kind != self.failure:
            kept = "keeps the configuration that it has" if self.configuration else "has no configuration yet"
            logger.warning("The edge %s: %s", kept, error)
        self.failure = kind

    def note_success(self) -> None:
        """Log that the configuration is followed again, where that failed."""
        if self.failure:
            logger.warning("The edge follows the configuration again.")
        self.failure = ""

    def count_decisions(self) -> None:
        """Write down what was decided, when it is time; without the database it stays in memory."""
        try:
            decision_counter.current().flush_when_due()
        except Exception as error:  # counts are no reason to stop following
            connection.close()
            if not self.is_counting_failing:
                logger.warning("What was decided can't be counted for now: %s", error)
            self.is_counting_failing = True
        else:
            self.is_counting_failing = False
        if settings.CONFIGURATION_URL:
            connection.close()  # it is needed once a minute, and every edge would hold one

    def catch_up(self) -> Configuration:
        """Load what changed where there is another version of the configuration."""
        known = self.configuration
        if known is None:
            return self.refresh()
        configuration = self.configuration = self.feed.catch_up(known)
        return configuration

    def stop(self) -> None:
        """End the thread, and its connection with it."""
        self.is_stopping.set()
        if self.follower is not None:
            self.follower.join()


_live = LiveConfiguration()


def current() -> Configuration:
    """The configuration to answer from.

    Raises ``django.db.Error`` or ``NoConfiguration`` where the first one can't be loaded.
    """
    return _live.configuration or _live.start()


def held() -> Configuration | None:
    """Return the configuration that this process has; None where it has none yet."""
    return _live.configuration


def publication() -> PublicationFollower | None:
    """Return what follows the published configuration; None where the database is asked."""
    if isinstance(_live.feed, PublicationFollower):
        return _live.feed
    return None


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
