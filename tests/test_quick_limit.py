import subprocess
import sys
from typing import Any

import pytest

from tests import examples, quick_limit


class Item:
    """A test with these marks."""

    def __init__(self, *marks: str) -> None:
        self.marks = marks

    def get_closest_marker(self, name: str) -> bool:
        return name in self.marks


def run(monkeypatch, item: Any, seconds: float, profile: str = "quick") -> None:
    """Run the hook around a test that takes so much processor time."""
    spent = iter([100.0, 100.0 + seconds])
    monkeypatch.setattr(examples, "PROFILE", profile)
    monkeypatch.setattr(quick_limit, "processor_seconds", lambda: next(spent))
    hook = quick_limit.pytest_runtest_call(item)
    next(hook)
    with pytest.raises(StopIteration):
        hook.send(None)


def test_quick_test_over_its_limit_fails_and_says_what_to_do(monkeypatch):
    with pytest.raises(pytest.fail.Exception, match=r"took 1\.2 s .* limit is 1 s\. .*@pytest\.mark\.slow"):
        run(monkeypatch, Item(), 1.2)


def test_quick_test_within_its_limit_passes(monkeypatch):
    run(monkeypatch, Item(), 0.9)


def test_slow_test_and_other_runs_have_no_limit(monkeypatch):
    run(monkeypatch, Item("slow"), 60.0)
    run(monkeypatch, Item(), 60.0, profile="steady")


@pytest.mark.slow
def test_processor_time_counts_the_processes_that_a_test_waited_for():
    before = quick_limit.processor_seconds()
    burning = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-S", "-c", burning], check=True)
    assert quick_limit.processor_seconds() - before >= 0.3
