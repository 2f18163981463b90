"""A run that was interrupted goes on where it stopped."""

from bench.verdicts.cases import CASES
from bench.verdicts.kept import KeptResults, key_of
from bench.verdicts.table import Run
from bench.verdicts.tallies import Tally


def test_kept_results_are_there_after_an_interruption(tmp_path):
    file = tmp_path / "results.jsonl"
    tally = Tally(tests=100)
    tally.add({"ship": 8, "end": 8})
    KeptResults(file, "code").put("key", tally)
    with file.open("a") as half_written:
        half_written.write('{"code": "code", "key": "ot')
    again = KeptResults(file, "code")
    assert again.get("key") == tally
    assert again.get("ot") is None
    # of other code they say nothing
    assert KeptResults(file, "other").get("key") is None


def test_run_simulates_nothing_that_is_known(tmp_path):
    kept = KeptResults(tmp_path / "results.jsonl", "code")
    case = next(case for case in CASES if case.name == "A/A, ramp of the traffic")
    for first in (0, 100):
        known = Tally(tests=100)
        known.counts["wrong"] = 4 + first // 100
        kept.put(key_of(case, 3, 2026, first, 100), known)
    row = Run(200, 2026, kept).row(case)
    assert (row.tally.tests, row.tally.counts["wrong"], row.daily) == (200, 9, None)
