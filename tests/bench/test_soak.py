"""What ``bench.soak`` calls growth, and its hour."""

from pathlib import Path

import pytest

from bench import soak
from bench.soak import Sizes

BEFORE = {"edge": Sizes(memory_mb=200.0, files=60), "worker": Sizes(memory_mb=100.0, files=30)}


def test_each_hour_is_quiet_at_its_ends_and_has_a_peak():
    hour = [soak.shoppers_a_second(minute / 60) for minute in range(60)]
    assert (hour[0], hour[-1], max(hour)) == (2.0, 2.0, 20.0)
    assert soak.shoppers_a_second(1.7) == soak.shoppers_a_second(0.7)


def test_what_was_there_before_has_not_grown():
    room = {"edge": Sizes(memory_mb=219.9, files=68), "worker": Sizes(memory_mb=90.0, files=10)}
    assert soak.growth(BEFORE, room) == []


@pytest.mark.parametrize(
    ("edge", "said"),
    [
        (Sizes(memory_mb=221.0, files=60), "edge: 200.0 to 221.0 MB"),
        (Sizes(memory_mb=200.0, files=69), "edge: 60 to 69 files"),
        (None, "edge: gone"),
    ],
)
def test_growth_is_said(edge, said):
    after = {"worker": BEFORE["worker"]}
    if edge is not None:
        after["edge"] = edge
    assert soak.growth(BEFORE, after) == [said]


def test_errors_in_the_log_are_found(tmp_path: Path):
    log = tmp_path / "serve.log"
    log.write_text("2026-11-30 WARNING a [-] slow\n2026-11-30 ERROR b [-] failed\nTraceback\n")
    assert soak.errors_in(log) == ["2026-11-30 ERROR b [-] failed"]


def test_median_of_none_is_none():
    assert soak.median([3.0, 1.0, 2.04]) == 2.0
    assert str(soak.median([])) == "nan"
