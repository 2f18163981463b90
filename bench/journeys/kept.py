"""Results so far, kept in the repository: a file of each case with a line for each ten stores.

As those of ``bench.verdicts``: a line says by which code its stores were planned and read. Of other code it says
nothing and is left out, until the newer has come to the same with some of its stores (``replay``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from operator import attrgetter
from pathlib import Path

from bench.journeys.cases import StoreCase
from bench.journeys.tables import Tables
from bench.journeys.tallies import StoreTally, tally_store
from bench.verdicts import engine

FOLDER = Path(__file__).parent / "results"
BLOCK = 10  # stores: what is lost at most when a run is interrupted
ROOT = engine.ROOT
# What plans and counts follow-ups, beside the code that reads tests (``bench.verdicts.engine``).
PLANNING = (
    "bench/journeys",
    "experiments/accounting",
    "experiments/assignment",
    "journeys/checks",
    "journeys/planning",
    "journeys/triggers",
)
# Of the simulation: they only keep or say something. What a case is has a digest of its own.
SAYING = ("cases.py", "kept.py", "table.py", "tables.py", "__main__.py")


@dataclass(frozen=True, kw_only=True)
class Block:
    """What came of some stores of a case: ``code`` and ``case`` are digests, ``first`` the number of its first store;
    ``sample`` is a digest of what came of that one."""

    code: str
    case: str
    seed: int
    first: int
    stores: int
    counts: dict[str, int]
    sums: dict[str, float]
    sample: str

    @property
    def tally(self) -> StoreTally:
        """Its stores, counted."""
        return StoreTally(self.stores, Counter(self.counts), Counter(self.sums))


def code_digest() -> str:
    """Return a digest of the code that plans and reads, without what is only said."""
    digest = hashlib.sha256(engine.code_digest().encode())
    for folder in PLANNING:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".sql") and file.name not in SAYING:
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(meaning_of(file).encode())
    return digest.hexdigest()[:16]


def meaning_of(file: Path) -> str:
    """Return what a file does, without its comments."""
    text = file.read_text()
    if file.suffix == ".py":
        return engine.meaning_of(text)
    return re.sub(r"--.*", "", text)


def case_digest(case: StoreCase) -> str:
    """Return a digest of what is simulated."""
    return hashlib.sha256(repr(case.simulated).encode()).hexdigest()[:12]


def sample_digest(tally: StoreTally) -> str:
    """Return a digest of what came of a store; of sums so many digits as every machine gives."""
    sums = {}
    for name, value in tally.sums.items():
        sums[name] = f"{value:.6g}"
    return hashlib.sha256(json.dumps([tally.counts, sums], sort_keys=True).encode()).hexdigest()[:12]


class KeptBlocks:
    """The blocks of each case, as a folder's files have them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    def file(self, case: StoreCase) -> Path:
        """Return the case's file."""
        name = re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-")
        return self.folder / f"{name}.jsonl"

    def all_of(self, case: StoreCase) -> list[Block]:
        """Read the blocks of what is simulated today, by whatever code."""
        if not self.file(case).exists():
            return []
        blocks, simulated = [], case_digest(case)
        for line in self.file(case).read_text().splitlines():
            block = Block(**json.loads(line))
            if block.case == simulated:
                blocks.append(block)
        return blocks

    def of(self, case: StoreCase, code: str, seed: int) -> list[Block]:
        """Read the blocks by this code."""
        return [block for block in self.all_of(case) if (block.code, block.seed) == (code, seed)]

    def tally_of(self, case: StoreCase, code: str, seed: int) -> StoreTally:
        """Add a case's blocks up."""
        tally = StoreTally()
        for block in self.of(case, code, seed):
            tally += block.tally
        return tally

    def write(self, case: StoreCase, blocks: Iterable[Block]) -> None:
        """Write a case's file anew, each block once: the newest where there are several."""
        places = {}
        for block in blocks:
            places[block.code, block.seed, block.first] = block
        lines = [json.dumps(asdict(places[place])) + "\n" for place in sorted(places)]
        self.folder.mkdir(parents=True, exist_ok=True)
        # Beside and then in its place, lest an interruption leave half a file.
        beside = self.file(case).with_suffix(".new")
        beside.write_text("".join(lines))
        beside.replace(self.file(case))

    def carry_over(self, case: StoreCase, blocks: Sequence[Block], code: str) -> None:
        """Keep these blocks as those of another code, and no longer as their own's."""
        kept = []
        for block in self.all_of(case):
            if block not in blocks:
                kept.append(block)
        for block in blocks:
            kept.append(replace(block, code=code))
        self.write(case, kept)


@dataclass(frozen=True, kw_only=True)
class StoreFilling:
    """A run that adds blocks to the kept ones."""

    kept: KeptBlocks
    code: str
    seed: int
    tables: Tables = field(default_factory=Tables)

    def next_case(self, cases: Iterable[StoreCase]) -> StoreCase | None:
        """Return the case that lacks most of what is wanted of it; None where nothing is lacking."""
        lacking = []
        for place, case in enumerate(cases):
            stores = self.kept.tally_of(case, self.code, self.seed).stores
            if stores < case.wanted:
                lacking.append((stores / case.wanted, place, case))
        if not lacking:
            return None
        return min(lacking)[2]

    def first_unknown(self, case: StoreCase) -> int:
        """Return with which store the first block begins that isn't known yet."""
        known = set(map(attrgetter("first"), self.kept.of(case, self.code, self.seed)))
        first = 0
        while first in known:
            first += BLOCK
        return first

    def add(self, case: StoreCase) -> None:
        """Simulate the first block that isn't known yet, and keep it."""
        first = self.first_unknown(case)
        tallies = []
        for number in range(first, first + BLOCK):
            tallies.append(self.simulate(case, number))
        total = sum(tallies, StoreTally())
        block = Block(
            code=self.code,
            case=case_digest(case),
            seed=self.seed,
            first=first,
            stores=total.stores,
            counts=dict(sorted(total.counts.items())),
            sums=dict(sorted(total.sums.items())),
            sample=sample_digest(tallies[0]),
        )
        self.kept.write(case, [*self.kept.all_of(case), block])

    def simulate(self, case: StoreCase, number: int) -> StoreTally:
        """Simulate a store, and count what its tests said."""
        with self.tables.store():
            return tally_store(case, number, self.seed)

    def replay(self, cases: Iterable[StoreCase]) -> list[str]:
        """Simulate a store of every case again that other code planned, and carry over what comes to the same.

        The stores go into tables of their own: a number may be there already.

        Return the names of the cases that don't. For changes that are meant to change no result.
        """
        different = []
        self.tables.empty()
        for case in cases:
            for code in sorted(self.other_codes(case)):
                blocks = self.kept.of(case, code, self.seed)
                if sample_digest(self.simulate(case, blocks[-1].first)) == blocks[-1].sample:
                    self.kept.carry_over(case, blocks, self.code)
                else:
                    different.append(case.name)
                # The next may begin with the same number.
                self.tables.empty()
        return different

    def other_codes(self, case: StoreCase) -> set[str]:
        """Name the other codes that planned stores of a case, of this seed."""
        codes = set()
        for block in self.kept.all_of(case):
            if block.seed == self.seed:
                codes.add(block.code)
        return codes - {self.code}
