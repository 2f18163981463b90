"""Hundreds of tests are kept by row, and count only where this engine decided them, or decides alike."""

from dataclasses import replace

import pytest

from bench.verdicts import filling
from bench.verdicts.cases import CASES, Case
from bench.verdicts.filling import Filling
from bench.verdicts.kept import Engine, KeptResults, hundred_of
from bench.verdicts.table import kept_rows
from bench.verdicts.tallies import Outcomes

ENGINE = Engine("code", 2)
PLAIN, COMPARED = Case(name="Value +5%, plain"), Case(name="compared", is_compared=True, wanted=300)


@pytest.fixture
def results(tmp_path):
    return KeptResults(tmp_path / "results")


def ends(wins: int, tests: int = 100) -> list[Outcomes]:
    """So many tests that are won on day 8; the others end on day 15."""
    return [{"ship": 8, "end": 8} if number < wins else {"end": 15} for number in range(tests)]


def keep(results: KeptResults, case: Case, wins: int, *, engine: Engine = ENGINE, first: int = 0) -> None:
    for plan in case.plans:
        hundred = hundred_of(engine, case, ends(wins), plan=plan, seed=2026, first=first)
        results.add(case, [hundred])


def test_hundreds_add_up_to_a_row_in_a_file_of_its_own(results):
    keep(results, PLAIN, 40)
    keep(results, PLAIN, 50, first=100)
    (row,) = kept_rows([PLAIN, COMPARED], KeptResults(results.folder), ENGINE, 2026)
    assert (row.tally.tests, row.tally.counts["ship"], row.tally.day("ship")) == (200, 90, 8.0)
    assert [file.name for file in results.folder.iterdir()] == ["value-5-plain.jsonl"]
    assert len((results.folder / "value-5-plain.jsonl").read_text().splitlines()) == 2


def test_hundreds_of_another_engine_method_seed_or_simulation_say_nothing(results):
    keep(results, PLAIN, 40)
    for engine in (Engine("other code", 2), Engine("code", 3)):
        assert kept_rows([PLAIN], results, engine, 2026) == []
    assert kept_rows([PLAIN], results, ENGINE, 2027) == []
    assert kept_rows([replace(PLAIN, visitors=(10, 10))], results, ENGINE, 2026) == []
    # What a case is held to changes nothing of how its tests end.
    assert len(kept_rows([replace(PLAIN, most={"ship": 0.1})], results, ENGINE, 2026)) == 1


def test_row_is_of_the_tests_that_all_its_plans_have_read(results):
    keep(results, COMPARED, 40)
    alone = hundred_of(ENGINE, COMPARED, ends(90), plan=COMPARED.plans[0], seed=2026, first=100)
    results.add(COMPARED, [alone])
    (row,) = kept_rows([COMPARED], results, ENGINE, 2026)
    assert (row.tally.tests, row.daily and row.daily.tests) == (100, 100)


def simulated_by(monkeypatch: pytest.MonkeyPatch, wins: int) -> list[tuple[str, int, int, int]]:
    """Have tests end so, and return which were simulated: case, plan, and their first and last number."""
    asked: list[tuple[str, int, int, int]] = []

    def ends_of(case: Case, tests: range, *, version: int, seed: int, pool: object) -> list[Outcomes]:
        asked.append((case.name, version, tests[0], tests[-1]))
        return ends(wins)[: len(tests)]

    monkeypatch.setattr(filling, "ends_of", ends_of)
    return asked


def test_filling_adds_hundreds_where_they_are_fewest_until_there_are_enough(results, monkeypatch):
    asked = simulated_by(monkeypatch, 40)
    keep(results, PLAIN, 40)
    few = replace(PLAIN, wanted=200)
    run = Filling(results=results, engine=ENGINE, seed=2026)
    assert run.run([few, COMPARED], most=3, until=float("inf")) == 3
    # the row without any first, then the first of those that have as many
    assert asked == [
        ("compared", 3, 0, 99),
        ("compared", 1, 0, 99),
        (few.name, 3, 100, 199),
        ("compared", 3, 100, 199),
        ("compared", 1, 100, 199),
    ]
    assert run.run([few, COMPARED], most=9, until=float("inf")) == 1
    assert run.run([few, COMPARED], most=9, until=float("inf")) == 0


def test_filling_begins_no_hundred_after_its_time(results, monkeypatch):
    simulated_by(monkeypatch, 40)
    assert Filling(results=results, engine=ENGINE, seed=2026).run([PLAIN], most=5, until=0.0) == 0


def test_replay_keeps_what_another_engine_decides_alike(results, monkeypatch):
    keep(results, PLAIN, 40)
    newer = Engine("newer code", 2)
    asked = simulated_by(monkeypatch, 40)
    assert Filling(results=results, engine=newer, seed=2026).replay([PLAIN]) == []
    assert asked == [(PLAIN.name, 3, 0, 9)]
    (row,) = kept_rows([PLAIN], results, newer, 2026)
    assert row.tally.counts["ship"] == 40


def test_replay_leaves_out_what_another_engine_decides_otherwise(results, monkeypatch):
    keep(results, PLAIN, 40)
    newer = Engine("newer code", 2)
    # one of the ten replayed tests ends otherwise
    simulated_by(monkeypatch, 9)
    assert Filling(results=results, engine=newer, seed=2026).replay([PLAIN, COMPARED]) == [PLAIN.name]
    assert kept_rows([PLAIN], results, newer, 2026) == []


def test_kept_results_of_the_repository_can_be_read():
    kept = KeptResults()
    for case in CASES:
        for hundred in kept.all_of(case):
            assert hundred.tests == 100
            assert hundred.tally.share("end") == 1
