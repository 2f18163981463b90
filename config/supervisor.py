"""Keep processes running: they start together, one that ends is started again, and all end when we are asked to stop.

Each runs in a session of its own, so that whatever it leaves behind when it is killed can be found and ended.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType

logger = logging.getLogger(__name__)

TICK_S = 0.1
GRACE_S = 20.0  # for work in progress once we are asked to stop
ORPHAN_GRACE_S = 1.0  # for what a killed process left behind, which may hold the port that its successor needs
READY_WITHIN_S = 180.0  # for servers that start on a busy machine
# A process that ends sooner than this after its start has died quickly. Three quick deaths in a row are restarted at
# once: a machine that kills three processes is not a program that can't run. From the fourth the pauses double, and
# at MAX_QUICK_DEATHS, about two minutes later, it can't run (docs/operations.md). The others go on without it.
QUICK_DEATH_S = 10.0
FREE_RESTARTS = 3
MAX_QUICK_DEATHS = 10
MAX_PAUSE_S = 30.0
REMINDER_S = 60.0  # between two lines about what doesn't run any more

PR_SET_PDEATHSIG = 1  # prctl(2)
libc: ctypes.CDLL | None = None
if sys.platform == "linux":
    libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Service:
    """A process to keep running, by the name that the log gives it.

    ``niceness``: by how much its priority is lower than ours, for the kernel to share out a busy processor (nice(2)).
    """

    name: str
    command: Sequence[str]
    niceness: int = 0


class Child:
    """A service and the process that runs it now."""

    def __init__(self, service: Service, environment: Mapping[str, str]) -> None:
        self.service = service
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.quick_deaths = 0
        self.start_again_at = 0.0
        self.status = 0

    def start(self) -> None:
        """Start the process, as the leader of a session."""
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the services in order.
        self.process = subprocess.Popen(  # noqa: S603 -- commands of our own
            self.service.command,
            env=os.environ | self.environment,
            start_new_session=True,
            preexec_fn=partial(prepare, self.service.niceness),
        )

    def tend(self) -> None:
        """See to a process that has ended: end what it left behind, and start it again when its pause is over."""
        if self.process is None:
            self.start_when_due()
            return
        status = self.process.poll()
        if status is None:
            return
        end_session(self.process.pid, ORPHAN_GRACE_S)
        self.process = None
        self.status = status
        lived_s = time.monotonic() - self.started_at
        if lived_s < QUICK_DEATH_S:
            self.quick_deaths += 1
        else:
            self.quick_deaths = 0
        if self.has_given_up:
            self.remind()
            return
        pause_s = pause_before_restart_s(self.quick_deaths)
        self.start_again_at = time.monotonic() + pause_s
        logger.warning(
            "The %s %s and is started again %s.", self.service.name, how_it_ended(status), when_again(pause_s)
        )

    def start_when_due(self) -> None:
        """Start the process once its pause is over; where it can't run, say so again from time to time."""
        if time.monotonic() < self.start_again_at:
            return
        if self.has_given_up:
            self.remind()
        else:
            self.start()

    def remind(self) -> None:
        """Say that the process doesn't run any more."""
        self.start_again_at = time.monotonic() + REMINDER_S
        logger.error(
            "The %s %s %d times in a row within %.0f s of its start and isn't started again. "
            "Find the cause in the lines before, then restart everything.",
            self.service.name,
            how_it_ended(self.status),
            self.quick_deaths,
            QUICK_DEATH_S,
        )

    @property
    def has_given_up(self) -> bool:
        """Whether it died quickly too often to be started once more."""
        return self.quick_deaths >= MAX_QUICK_DEATHS


def pause_before_restart_s(quick_deaths: int) -> float:
    """Return the seconds to wait before the next start, after so many quick deaths in a row."""
    if quick_deaths <= FREE_RESTARTS:
        return 0.0
    return float(min(2 ** (quick_deaths - FREE_RESTARTS - 1), MAX_PAUSE_S))


def when_again(pause_s: float) -> str:
    """Say when something happens after a pause: "now", "in 4 s"."""
    if not pause_s:
        return "now"
    return f"in {pause_s:.0f} s"


def how_it_ended(status: int) -> str:
    """Say an exit status in words: "ended with status 3", "was killed by SIGKILL"."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def prepare(niceness: int) -> None:
    """Set up this process, and so its children, before it becomes the service."""
    os.nice(niceness)
    end_with_parent()


def end_with_parent() -> None:
    """Let the kernel ask this process to end when the one that started it is gone, so that it can be started anew.

    Elsewhere than on Linux such a process goes on and has to be ended by hand.
    """
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class AskedToStop:
    """Remembers that SIGINT (Ctrl-C) or SIGTERM came; true from then on."""

    def __init__(self) -> None:
        self.is_asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.remember)

    def remember(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the signal."""
        self.is_asked = True

    def __bool__(self) -> bool:
        return self.is_asked


def keep_running(
    services: Sequence[Service],
    *,
    environment: Mapping[str, str],
    is_ready: Callable[[], bool],
    when_ready: Callable[[], None],
) -> int:
    """Run the services until we are asked to stop; then end them all.

    A service that can't be kept running costs its own work: the others go on. It ends the whole only where nothing has
    answered yet, or where nothing else is left.

    Returns the exit status: 0 when asked to stop, else the status of a service that failed, and never 0.
    """
    asked = AskedToStop()
    children = [Child(service, environment) for service in services]
    try:
        if run_until_ready(children, asked, is_ready):
            when_ready()
            run_until_asked(children, asked)
        return exit_status(children, asked)
    finally:
        end([child.process for child in children if child.process is not None])


def run_until_ready(children: Sequence[Child], asked: AskedToStop, is_ready: Callable[[], bool]) -> bool:
    """Run until the servers answer; False where we are asked to stop before, one can't run, or it takes too long."""
    ready_by = time.monotonic() + READY_WITHIN_S
    while not asked:
        tend_all(children)
        # Nothing has answered yet, so this is a start that failed: better to say so than to go on with a part.
        if given_up(children):
            return False
        if is_ready():
            return True
        if time.monotonic() > ready_by:
            logger.error("The servers did not answer within %.0f s.", READY_WITHIN_S)
            return False
        time.sleep(TICK_S)
    return False


def run_until_asked(children: Sequence[Child], asked: AskedToStop) -> None:
    """Run until we are asked to stop, or until none of them can be kept running."""
    while not asked:
        tend_all(children)
        if len(given_up(children)) == len(children):
            return
        time.sleep(TICK_S)


def tend_all(children: Iterable[Child]) -> None:
    """See to each."""
    for child in children:
        child.tend()


def given_up(children: Iterable[Child]) -> list[Child]:
    """Return those that died quickly too often to be started once more."""
    return [child for child in children if child.has_given_up]


def exit_status(children: Sequence[Child], asked: AskedToStop) -> int:
    """Return the status to end with: that of a service that failed, if one did, whoever asked."""
    failed = given_up(children)
    if failed:
        return failure(failed[0].status)
    if asked:
        return 0
    return 1  # they never answered


def failure(status: int) -> int:
    """Return the exit status that tells of a service's: a shell's 128 + n where signal n killed it, and never 0."""
    if status < 0:
        return 128 - status
    return status or 1


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask the processes to end, wait, and insist where one doesn't: with its whole session, so that none is left."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        if process.returncode is None:
            kill_session(process.pid, signal.SIGKILL)
            process.wait()
        else:
            end_session(process.pid, ORPHAN_GRACE_S)


def end_session(leader: int, grace_s: float) -> None:
    """End what a process that is gone has left in its session: politely, then not."""
    deadline = time.monotonic() + grace_s
    if not kill_session(leader, signal.SIGTERM):
        return
    while time.monotonic() < deadline:
        if not kill_session(leader, 0):
            return
        time.sleep(TICK_S / 5)
    kill_session(leader, signal.SIGKILL)


def kill_session(leader: int, number: int) -> bool:
    """Send a signal to all of a session; False where nobody is in it any more."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True
