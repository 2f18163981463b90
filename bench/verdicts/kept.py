"""Results so far, kept in the repository: a file of each row with a line for each hundred tests.

So the evidence grows over days, a hundred at a time, and nobody has to run it in one go. A line says by which engine
its tests were decided: of another engine it says nothing, and is left out, until the newer one has decided some of its
tests alike (``replay``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.verdicts.cases import Case
from bench.verdicts.engine import case_digest
from bench.verdicts.tallies import Outcomes, Tally, tally_of

FOLDER = Path(__file__).parent / "results"
HUNDRED = 100
# So many of a hundred's tests are simulated again to see whether another engine decides alike.
SAMPLE = 10


@dataclass(frozen=True)
class Engine:
    """What decided: a digest of the code (`engine.code_digest`), and the version of the method that reports name."""

    code: str
    method: int


@dataclass(frozen=True, kw_only=True)
class Hundred:
    """What came of a hundred tests of a case, by one plan.

    ``case``: a digest of what was simulated; ``seed``, ``first``: of the random numbers, and the number of its first
    test; ``sample``: a digest of how the first ten ended, test by test.
    """

    code: str
    method: int
    case: str
    plan: int
    seed: int
    first: int
    tests: int
    unheld: int
    counts: dict[str, int]
    days: dict[str, int]
    sample: str

    @property
    def tally(self) -> Tally:
        """Its tests, counted."""
        return Tally(self.tests, Counter(self.counts), Counter(self.days), self.unheld)


def hundred_of(
    engine: Engine, case: Case, outcomes: Sequence[Outcomes], *, plan: int, seed: int, first: int
) -> Hundred:
    """Return what came of these tests, in the order of their numbers."""
    total = tally_of(outcomes)
    return Hundred(
        code=engine.code,
        method=engine.method,
        case=case_digest(case),
        plan=plan,
        seed=seed,
        first=first,
        tests=total.tests,
        unheld=total.unheld,
        counts=dict(sorted(total.counts.items())),
        days=dict(sorted(total.days.items())),
        sample=sample_digest(outcomes[:SAMPLE]),
    )


def sample_digest(outcomes: Sequence[Outcomes]) -> str:
    """Return a digest of how tests ended, each by itself."""
    return hashlib.sha256(json.dumps(outcomes, sort_keys=True).encode()).hexdigest()[:12]


class KeptResults:
    """The hundreds of each case, as a folder's files have them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    def file(self, case: Case) -> Path:
        """Return the case's file."""
        name = re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-")
        return self.folder / f"{name}.jsonl"

    def all_of(self, case: Case) -> list[Hundred]:
        """Read every hundred of a case, whichever engine decided it, as long as the same is simulated today."""
        simulated = case_digest(case)
        return [hundred for hundred in hundreds_in(self.file(case)) if hundred.case == simulated]

    def of(self, case: Case, engine: Engine, seed: int) -> dict[int, list[Hundred]]:
        """Return a case's hundreds by this engine, by plan; only those that were read by all plans of the case."""
        by_plan: dict[int, dict[int, Hundred]] = {plan: {} for plan in case.plans}
        for hundred in self.decided_by(engine, case, seed):
            if hundred.plan in by_plan:
                by_plan[hundred.plan][hundred.first] = hundred
        read_by_all = sorted(set.intersection(*map(set, by_plan.values())))
        found: dict[int, list[Hundred]] = {}
        for plan, hundreds in by_plan.items():
            found[plan] = [hundreds[first] for first in read_by_all]
        return found

    def decided_by(self, engine: Engine, case: Case, seed: int) -> Iterator[Hundred]:
        """Yield the case's hundreds that this engine decided, simulated with this seed."""
        for hundred in self.all_of(case):
            if (hundred.code, hundred.method, hundred.seed) == (engine.code, engine.method, seed):
                yield hundred

    def add(self, case: Case, hundreds: Iterable[Hundred]) -> None:
        """Keep hundreds of a case, and drop those that nothing reads any more: of other things that were simulated."""
        self.write(case, [*self.all_of(case), *hundreds])

    def write(self, case: Case, hundreds: Iterable[Hundred]) -> None:
        """Write a case's file anew, in the order of plans and tests, each once: the newest where there are several."""
        places: dict[tuple[str, int, int, int, int], Hundred] = {}
        for one in hundreds:
            places[one.code, one.method, one.plan, one.seed, one.first] = one
        lines = [json.dumps(asdict(places[place])) + "\n" for place in sorted(places)]
        self.folder.mkdir(parents=True, exist_ok=True)
        # Beside and then in its place, lest an interruption leave half a file.
        beside = self.file(case).with_suffix(".new")
        beside.write_text("".join(lines))
        beside.replace(self.file(case))

    def carry_over(self, case: Case, engine: Engine) -> None:
        """Let the engine have what others decided, once it has been seen to decide alike; nobody else's is kept."""
        renewed = []
        for hundred in self.all_of(case):
            if hundred.method == engine.method:
                renewed.append(replace(hundred, code=engine.code))
        if renewed:
            self.write(case, renewed)


def hundreds_in(file: Path) -> Iterator[Hundred]:
    """Read a file's hundreds; none where there is no file."""
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        yield Hundred(**json.loads(line))
