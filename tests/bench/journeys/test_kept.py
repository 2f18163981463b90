"""Results are kept ten stores a line, count where this code planned them, and outlive a change that changes none."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bench.journeys import kept
from bench.journeys.cases import CASES, StoreCase
from bench.journeys.kept import BLOCK, KeptBlocks, StoreFilling, case_digest, code_digest, sample_digest
from bench.journeys.shops import Shop
from bench.journeys.tables import Tables
from bench.journeys.tallies import StoreTally

PLAIN, OTHER = StoreCase(name="A/A, plain", wanted=20), StoreCase(name="+8%, other", lift=0.08, wanted=40)
SEED = 2026


class NoTables(Tables):
    """Stands in for the database, which these tests have none of."""

    @contextmanager
    def store(self) -> Iterator[None]:
        yield

    def empty(self) -> None:
        self.stores = 0


@pytest.fixture
def simulated(monkeypatch):
    """Which stores were simulated; each has a significant test if its number is odd."""
    asked: list[tuple[str, int]] = []

    def tally_store(case: StoreCase, number: int, seed: int) -> StoreTally:
        asked.append((case.name, number))
        return StoreTally(1, Counter({"first: tests": 1, "first: significant": number % 2}), Counter({"estimate": 0.5}))

    monkeypatch.setattr(kept, "tally_store", tally_store)
    return asked


def filling(folder, code="code") -> StoreFilling:
    return StoreFilling(kept=KeptBlocks(folder), code=code, seed=SEED, tables=NoTables())


def test_added_blocks_begin_where_the_known_ones_end(tmp_path, simulated):
    filling(tmp_path).add(PLAIN)
    filling(tmp_path).add(PLAIN)
    assert [number for _, number in simulated] == list(range(2 * BLOCK))
    tally = KeptBlocks(tmp_path).tally_of(PLAIN, "code", SEED)
    assert (tally.stores, tally.counts["first: significant"], tally.sums["estimate"]) == (20, 10, 10.0)
    assert [file.name for file in tmp_path.iterdir()] == ["a-a-plain.jsonl"]


def test_case_that_lacks_most_of_its_stores_is_next_until_none_lacks_any(tmp_path, simulated):
    run = filling(tmp_path)
    names = []
    while (case := run.next_case([PLAIN, OTHER])) is not None:
        names.append(case.name)
        run.add(case)
    assert names == [PLAIN.name, OTHER.name, OTHER.name, PLAIN.name, OTHER.name, OTHER.name]


def test_blocks_of_other_code_seed_or_stores_say_nothing(tmp_path, simulated):
    filling(tmp_path).add(PLAIN)
    results = KeptBlocks(tmp_path)
    assert results.tally_of(PLAIN, "other", SEED).stores == 0
    assert results.tally_of(PLAIN, "code", SEED + 1).stores == 0
    assert results.tally_of(replace(PLAIN, shop=Shop(customers=9)), "code", SEED).stores == 0
    # How many are wanted changes nothing of what is found.
    assert results.tally_of(replace(PLAIN, wanted=9), "code", SEED).stores == BLOCK


def test_replay_carries_over_what_newer_code_comes_to_alike_and_leaves_nothing_twice(tmp_path, simulated):
    filling(tmp_path).add(PLAIN)
    filling(tmp_path).add(PLAIN)
    simulated.clear()
    assert filling(tmp_path, "newer").replay([PLAIN, OTHER]) == []
    assert simulated == [(PLAIN.name, BLOCK)]
    assert KeptBlocks(tmp_path).tally_of(PLAIN, "newer", SEED).stores == 20
    assert len(KeptBlocks(tmp_path).file(PLAIN).read_text().splitlines()) == 2


def test_replay_names_the_cases_that_newer_code_reads_otherwise(tmp_path, simulated, monkeypatch):
    filling(tmp_path).add(PLAIN)
    monkeypatch.setattr(kept, "tally_store", lambda *_: StoreTally(1, Counter({"first: tests": 2})))
    assert filling(tmp_path, "newer").replay([PLAIN]) == [PLAIN.name]
    assert KeptBlocks(tmp_path).tally_of(PLAIN, "newer", SEED).stores == 0
    assert KeptBlocks(tmp_path).tally_of(PLAIN, "code", SEED).stores == BLOCK


def test_sample_is_the_same_whatever_the_last_digits_of_sums():
    one = StoreTally(1, Counter(a=1), Counter({"estimate": 0.1234567891}))
    assert sample_digest(one) == sample_digest(StoreTally(1, Counter(a=1), Counter({"estimate": 0.1234567892})))
    assert sample_digest(one) != sample_digest(StoreTally(1, Counter(a=1), Counter({"estimate": 0.12346})))


def test_digests_name_what_is_simulated_and_the_code():
    assert len({case_digest(case) for case in CASES}) == len(CASES)
    assert len(code_digest()) == 16


def test_kept_results_of_the_repository_can_be_read():
    for case in CASES:
        for block in KeptBlocks().all_of(case):
            assert block.stores == block.tally.stores > 0
