"""Simulate follow-ups over the whole pipeline, into docs/statistics.md.

    python -m bench.journeys --add 5           # five blocks of twenty stores, where most are lacking
    python -m bench.journeys --minutes 60      # as many as fit
    python -m bench.journeys                   # the tables of what is there
    python -m bench.journeys --replay          # after a change of the code that is meant to change no result

Results are kept in bench/journeys/results, which is committed, as those of ``bench.verdicts`` are. A store takes about
two seconds of processor time, half of it PostgreSQL's, in a database of its own. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from bench.database import scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.journeys.cases import StoreCase
    from bench.journeys.kept import StoreFilling


def main() -> None:
    """Add what was asked for, print the tables, and write them into the documentation."""
    from django.conf import settings

    options, start = arguments(), time.perf_counter()
    # A name of its own: it runs for hours, beside other benchmarks.
    with scratch("config.settings", "offerlift_bench_journeys"):
        # Nobody reads what the verdicts say.
        settings.USE_I18N = False
        from bench.journeys import table
        from bench.journeys.cases import CASES, cases_named
        from bench.journeys.kept import KeptBlocks, StoreFilling, code_digest
        from bench.journeys.tables import wait_for_no_disk

        wait_for_no_disk()
        cases = cases_named(options.case)
        filling = StoreFilling(kept=KeptBlocks(options.results), code=code_digest(), seed=options.seed)
        different: list[str] = []
        if options.replay:
            different = filling.replay(cases)
        added = fill(filling, cases, options)
        tallies = {}
        for case in CASES:
            tallies[case] = filling.kept.tally_of(case, filling.code, options.seed)
        text = table.page(tallies, options.seed)
        print(text)
        if not options.dry_run:
            table.write(text)
    seconds = round(time.perf_counter() - start)
    missed = []
    for bar in table.bars(tallies):
        if not bar.is_met:
            missed.append(bar.name)
    print(json.dumps({"added": added, "different": different, "missed": missed, "seconds": seconds}))


def fill(filling: StoreFilling, cases: Sequence[StoreCase], options: argparse.Namespace) -> int:
    """Add as many blocks as were asked for, or as fit into the minutes; return how many."""
    most, until = options.add, inf
    if options.minutes:
        most, until = options.add or inf, time.time() + 60 * options.minutes
    added, start = 0, time.perf_counter()
    while added < most and time.time() < until:
        case = filling.next_case(cases)
        if case is None:
            break
        filling.add(case)
        added += 1
        print(f"{case.name}: a block more, {time.perf_counter() - start:.0f} s so far", flush=True)
    return added


def arguments() -> argparse.Namespace:
    """Read what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", type=int, default=0, help="so many blocks")
    parser.add_argument("--minutes", type=float, default=0, help="none begins after so many minutes")
    parser.add_argument("--replay", action="store_true", help="keep what this code comes to alike")
    parser.add_argument("--case", default="", help="those whose name has this in it")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing into the documentation")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", help="keeps the results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
