"""Keep the embedded PostgreSQL running: ``python -m config.database_keeper``.

``make serve`` and ``make demo`` run it beside the servers. Nothing else watches the embedded server once it has
started: the processes that use it only join it when they start.
"""

import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.log import configure_logging

from config import embedded_postgres

logger = logging.getLogger("config.database_keeper")  # also where this module is run

CHECK_S = 0.25
PAUSE_S = 5.0  # between two attempts where it can't start, as on a full disk


def has_ended(server: Any) -> bool:
    """Whether the server that this process knows is gone; another process may have started a new one since."""
    process = server.get_postmaster_info().process
    return process is None or not process.is_running() or process.status() == "zombie"


def revive(server: Any) -> None:
    """Start the server again, or join the one that another process has started, however long it takes."""
    logger.warning("The embedded PostgreSQL has ended and is started again.")
    while has_ended(server):  # also for the moment in which the process that ended waits to be collected
        try:
            embedded_postgres.start_patiently(server, settings.DATA_DIR / "postgres")
        except embedded_postgres.FAILURES as error:
            log = settings.DATA_DIR / "postgres" / "log"
            logger.error("The embedded PostgreSQL does not start (%s). %s says why.", error, log)
            time.sleep(PAUSE_S)
        time.sleep(CHECK_S)
    logger.warning("The embedded PostgreSQL runs again.")


def leave_database(_number: int, _frame: FrameType | None) -> None:
    """End as a process does that isn't killed, so that the last user of the server stops it."""
    sys.exit(0)


def main() -> None:
    """Watch until asked to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave_database)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    server = embedded_postgres.join(settings.DATA_DIR)
    while True:
        if has_ended(server):
            revive(server)
        time.sleep(CHECK_S)


if __name__ == "__main__":
    try:
        main()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
