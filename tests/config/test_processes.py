"""Servers that start, answer and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import processes

SERVER = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
SUPERVISOR = """
import sys
from config import processes
port = int(sys.argv[1])
server = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
sys.exit(processes.run_together(
    [server, [sys.executable, "-c", "import time; time.sleep(60)"]],
    environment={},
    is_ready=lambda: processes.answers("127.0.0.1", port, "/"),
    when_ready=lambda: print("ready", flush=True),
))
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_require_free_port_in_use_names_the_port_and_another():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        with pytest.raises(processes.CannotListen, match=f"Port {taken} is in use.*{taken + 10}"):
            processes.require_free_port("127.0.0.1", taken)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [("127.0.0.1", 99999, "from 1 to 65535"), ("192.0.2.1", 8000, r"192\.0\.2\.1, port 8000: ")],
)
def test_require_free_port_that_cant_be_says_why(host, port, words):
    with pytest.raises(processes.CannotListen, match=words):
        processes.require_free_port(host, port)


def test_require_free_port_free_says_nothing(port):
    processes.require_free_port("127.0.0.1", port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_together_asked_to_stop_ends_every_child(port, number):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert supervisor.stdout
    assert "ready\n" in iter(supervisor.stdout.readline, "")
    os.kill(supervisor.pid, number)
    supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert not processes.answers("127.0.0.1", port, "/")


def test_run_together_child_that_fails_ends_the_others_and_gives_its_status(port):
    commands = [[*SERVER, str(port)], [sys.executable, "-c", "import time; time.sleep(1); raise SystemExit(3)"]]
    supervisor = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from config import processes;"
            f"sys.exit(processes.run_together({commands!r}, environment={{}}, is_ready=lambda: True,"
            " when_ready=lambda: None))",
        ],
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    assert supervisor.returncode == 3
    assert not processes.answers("127.0.0.1", port, "/")


def test_answers_nobody_there_is_false(port):
    assert not processes.answers("127.0.0.1", port, "/")


def test_end_child_that_refuses_is_killed_with_its_own_children(monkeypatch):
    monkeypatch.setattr(processes, "GRACE_S", 1)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    stubborn = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(child.pid, flush=True);"
        "child.wait()"
    )
    child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout
    grandchild = int(child.stdout.readline())
    processes.end([child])
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 5
    while is_alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(grandchild)


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
