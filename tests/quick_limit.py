"""Hold the tests of a quick run to what makes them quick: none may take more than a second of processor time.

Without it, ``make test-fast`` grows past two minutes one test at a time, and nobody notices which. Processor time is
measured, because a busy machine changes it least.
"""

import resource
from collections.abc import Generator

import pytest

from tests import examples

# Ten times what a test should take (CONTRIBUTING.md): room for a busy machine, and for the first test of a worker to
# read a template or a module. A test that starts a Python of ours is above it, wherever it runs.
MOST_S = 1.0


def processor_seconds() -> float:
    """What this process, and the processes that it waited for, have used by now."""
    spent = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        spent += used.ru_utime + used.ru_stime
    return spent


def refuse_slow(seconds: float) -> None:
    """Fail the running test if it took too much."""
    if seconds > MOST_S:
        pytest.fail(
            f"This test took {seconds:.1f} s of processor time; in make test-fast, the limit is {MOST_S:.0f} s. "
            "Make it cheaper, or mark it slow: @pytest.mark.slow.",
            pytrace=False,
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure each test of a quick run, without its fixtures, which others may share."""
    if examples.PROFILE != "quick" or item.get_closest_marker("slow"):
        return (yield)
    before = processor_seconds()
    result = yield
    refuse_slow(processor_seconds() - before)
    return result
