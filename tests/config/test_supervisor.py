"""Services that are kept running: started again when they end, given up when they can't run, ended together."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from config import supervisor
from config.supervisor import Child, Service

pytestmark = pytest.mark.slow

# Each service writes its name and process id into a file when it starts, so that a test sees every start.
SUPERVISOR = """
import json, logging, sys
from config import supervisor
from config.supervisor import Service
logging.basicConfig(format="%(message)s")
vars(supervisor).update(json.loads(sys.argv[1]))
services = [Service(name, command) for name, command in json.loads(sys.argv[2])]
ready = lambda: print("ready", flush=True)
sys.exit(supervisor.keep_running(services, environment={}, is_ready=lambda: True, when_ready=ready))
"""
SLEEPER = "import os, sys, time; open(sys.argv[1], 'a').write(f'{sys.argv[2]} {os.getpid()}\\n'); time.sleep(60)"
# A server with a child of its own, as granian and gunicorn have: the child goes on when its parent is killed.
FAMILY = (
    "import os, subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "open(sys.argv[1], 'a').write(f'{sys.argv[2]} {os.getpid()} {child.pid}\\n'); child.wait()"
)
FAILURE = "import os, sys; open(sys.argv[1], 'a').write(f'{sys.argv[2]} {os.getpid()}\\n'); sys.exit(int(sys.argv[3]))"


class Starts:
    """What the services of a test wrote when they started."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.touch()

    def of(self, name: str) -> list[list[int]]:
        lines = [line.split() for line in self.file.read_text().splitlines()]
        return [[int(pid) for pid in pids] for who, *pids in lines if who == name]

    def wait(self, name: str, count: int, within_s: float = 20) -> list[int]:
        """The process ids of the ``count``th start."""
        deadline = time.monotonic() + within_s
        while len(self.of(name)) < count:
            assert time.monotonic() < deadline, f"{name} has started {len(self.of(name))} times, not {count}"
            time.sleep(0.02)
        return self.of(name)[count - 1]

    def command(self, code: str, name: str, *arguments: str) -> tuple[str, list[str]]:
        return name, [sys.executable, "-c", code, str(self.file), name, *arguments]


@pytest.fixture
def starts(tmp_path: Path) -> Starts:
    return Starts(tmp_path / "starts")


@contextmanager
def supervising(*services: tuple[str, list[str]], **constants: float) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, json.dumps(constants), json.dumps(services)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=30)
        process.kill()


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def test_keep_running_service_killed_is_started_again_and_the_other_goes_on(starts):
    with supervising(starts.command(SLEEPER, "edge"), starts.command(SLEEPER, "worker")):
        starts.wait("worker", 1)
        (killed,) = starts.wait("edge", 1)
        os.kill(killed, signal.SIGKILL)
        (successor,) = starts.wait("edge", 2)
        assert is_alive(successor)
        assert len(starts.of("worker")) == 1


def test_keep_running_three_kills_close_together_are_restarted_at_once(starts):
    with supervising(starts.command(SLEEPER, "edge")):
        start = time.monotonic()
        for count in (1, 2, 3):
            os.kill(starts.wait("edge", count)[0], signal.SIGKILL)
        (last,) = starts.wait("edge", 4)
        assert is_alive(last)
        assert time.monotonic() - start < 10


def test_keep_running_service_killed_loses_its_children_before_its_successor_starts(starts):
    with supervising(starts.command(FAMILY, "edge")):
        leader, child = starts.wait("edge", 1)
        os.kill(leader, signal.SIGKILL)
        starts.wait("edge", 2)
        assert not is_alive(child)


@pytest.mark.parametrize(("status", "expected"), [(3, 3), (0, 1)])
def test_keep_running_service_that_cant_run_is_given_up_loudly_and_the_other_goes_on(starts, status, expected):
    services = [starts.command(SLEEPER, "console"), starts.command(FAILURE, "worker", str(status))]
    with supervising(*services, MAX_QUICK_DEATHS=3, FREE_RESTARTS=9, REMINDER_S=0.5) as process:
        starts.wait("worker", 3)
        time.sleep(2)
        (console,) = starts.of("console")[0]
        assert is_alive(console)
        process.terminate()
        _, log = process.communicate(timeout=60)
    assert process.returncode == expected
    assert len(starts.of("worker")) == 3
    said = f"The worker ended with status {status} 3 times in a row within 10 s of its start and isn't started again."
    assert log.count(said) >= 2
    wait_until_gone(console)


def test_keep_running_ends_with_a_failure_where_nothing_is_left(starts):
    with supervising(starts.command(FAILURE, "edge", "3"), MAX_QUICK_DEATHS=3, FREE_RESTARTS=9) as process:
        process.communicate(timeout=60)
    assert process.returncode == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_keep_running_asked_to_stop_ends_everything_with_status_0(starts, number):
    with supervising(starts.command(SLEEPER, "edge"), starts.command(FAMILY, "console")) as process:
        (edge,), (console, child) = starts.wait("edge", 1), starts.wait("console", 1)
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert not any(is_alive(pid) for pid in (edge, console, child))


def test_start_gives_the_process_the_priority_of_its_service():
    lowered = Child(Service("worker", [sys.executable, "-c", "import os, sys; sys.exit(os.nice(0))"], niceness=3), {})
    lowered.start()
    assert lowered.process
    assert lowered.process.wait(60) == min(os.nice(0) + 3, 19)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at the parent's death is Linux's")
def test_keep_running_killed_itself_takes_its_services_along(starts):
    with supervising(starts.command(SLEEPER, "edge")) as process:
        (edge,) = starts.wait("edge", 1)
        process.kill()
        wait_until_gone(edge)


def test_keep_running_servers_that_never_answer_end_with_a_failure(caplog, monkeypatch):
    monkeypatch.setattr(supervisor, "READY_WITHIN_S", 0.2)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    status = supervisor.keep_running([], environment={}, is_ready=lambda: False, when_ready=lambda: None)
    assert status == 1
    assert "did not answer" in caplog.text


def test_tend_a_process_that_lived_long_forgets_the_quick_deaths(monkeypatch):
    child = Child(Service("edge", [sys.executable, "-c", ""]), {})
    child.quick_deaths = 9
    child.start()
    assert child.process
    child.process.wait()
    child.started_at -= supervisor.QUICK_DEATH_S
    child.tend()
    assert (child.quick_deaths, child.has_given_up) == (0, False)


def test_pause_before_restart_doubles_from_the_fourth_quick_death_up_to_30_s():
    pauses = [supervisor.pause_before_restart_s(deaths) for deaths in range(supervisor.MAX_QUICK_DEATHS)]
    assert pauses == [0, 0, 0, 0, 1, 2, 4, 8, 16, 30]


@pytest.mark.parametrize(
    ("status", "words"),
    [(3, "ended with status 3"), (0, "ended with status 0"), (-9, "was killed by SIGKILL"), (-99, "by signal 99")],
)
def test_how_it_ended_says_status_or_signal(status, words):
    assert words in supervisor.how_it_ended(status)


@pytest.mark.parametrize(("status", "expected"), [(0, 1), (3, 3), (-9, 137)])
def test_failure_is_never_0(status, expected):
    assert supervisor.failure(status) == expected


def test_end_process_that_refuses_is_killed_with_its_children(monkeypatch, starts):
    monkeypatch.setattr(supervisor, "GRACE_S", 1)
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FAMILY}"
    _, command = starts.command(stubborn, "stubborn")
    process = subprocess.Popen(command, start_new_session=True)
    _, child = starts.wait("stubborn", 1)
    supervisor.end([process])
    assert process.returncode == -signal.SIGKILL
    wait_until_gone(child)


def test_services_of_serve_are_all_there(settings: Any):
    from config import processes

    settings.HAS_EMBEDDED_POSTGRES = True
    edge = processes.edge_services("127.0.0.1", 8001, workers=3)
    assert [service.name for service in edge] == ["edge 1", "edge 2", "edge 3"]
    assert [service.name for service in processes.background_services()] == ["worker", "database keeper"]
    settings.HAS_EMBEDDED_POSTGRES = False
    assert [service.name for service in processes.background_services()] == ["worker"]
