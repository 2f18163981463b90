"""The whole product under ``serve``, with a database of its own, and its processes by kind."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.decide import body
from bench.server import HOST, family, free_port

ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN_S = 300
EXPECTED = {"edge": 4, "console": 3, "worker": 1, "database keeper": 1}  # processes, with two workers of each server


class RunningProduct:
    """``manage.py serve`` in a folder of its own; what it logs is in ``serve.log`` there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.console_port, self.edge_port = free_port(), free_port()
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """For processes that belong to it."""
        outside = dict(os.environ)
        outside.pop("DATABASE_URL", None)
        return outside | {
            "OFFERLIFT_DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EDGE_CALLS_PER_MINUTE": "0",
            "STATIC_FROM_SOURCE": "1",  # nothing to compress: the start takes seconds
        }

    def start(self) -> None:
        """Start it and wait until it answers. Raises ``RuntimeError`` where it doesn't."""
        ports = ["--port", str(self.console_port), "--edge-port", str(self.edge_port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers", "2", *ports],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not (self.console_answers() and self.edge_answers() and self.is_complete()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The product did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, wait, and give the exit status."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(60)

    def by_kind(self) -> dict[str, list[int]]:
        """The processes that run now, without the supervisor itself."""
        assert self.process
        kinds: dict[str, list[int]] = defaultdict(list)
        with suppress(OSError):
            for pid in family(self.process.pid)[1:]:
                kind = kind_of(pid)
                if kind:
                    kinds[kind].append(pid)
        return kinds

    def is_complete(self) -> bool:
        """Whether every process is there that ought to be."""
        running = self.by_kind()
        return all(len(running[kind]) >= number for kind, number in EXPECTED.items())

    def postmaster(self) -> int:
        """The process id of PostgreSQL."""
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])

    def console_answers(self) -> bool:
        """Whether the console does, and its database."""
        return status(self.console_port, "GET", "/healthz") == 200

    def edge_answers(self) -> bool:
        """Whether the edge does, and its database: a store's server is refused only once the key is looked at."""
        return status(self.edge_port, "POST", "/v1/decide", body(0)) in (200, 401)


def kind_of(pid: int) -> str:
    """Which process of the product it is; empty for those that come and go, such as ``pg_ctl``."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    marks = {"edge": "granian", "console": "gunicorn", "worker": "manage.py worker", "database keeper": "keeper"}
    for kind, mark in marks.items():
        if mark in command:
            return kind
    return ""


def status(port: int, method: str, path: str, content: bytes | None = None) -> int:
    """What a new connection is answered; 0 where it isn't."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request(method, path, body=content)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
