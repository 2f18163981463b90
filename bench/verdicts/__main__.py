"""Simulate whole tests through the real verdict, some by the plan of before, too, into docs/statistics.md.

    python -m bench.verdicts --add 50          # fifty hundreds more, where they are fewest, then the table
    python -m bench.verdicts --minutes 90      # as many as fit
    python -m bench.verdicts                   # the table of what is there
    python -m bench.verdicts --replay          # after a change of the engine that is meant to decide nothing

Results are kept in bench/verdicts/results, which is committed: the evidence grows over days, and needs no long run.
Hundreds that another engine decided are left out, and replaced. ``--case`` picks rows; it may be repeated. The last
line is one JSON object.
"""

import argparse
import json
import os
import time
from math import inf
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.verdicts.cases import Case
    from bench.verdicts.filling import Filling

# More hundreds than all rows want.
WITHOUT_END = 10_000


def main() -> None:
    """Add what was asked for, print the table, and write it into the documentation."""
    # Before the functions under study are loaded, which name the models; no database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Nobody reads what the verdicts say, and to look translations up took a fifth of the time.
    settings.USE_I18N = False
    django.setup()
    from bench.verdicts import table
    from bench.verdicts.cases import CASES
    from bench.verdicts.engine import code_digest
    from bench.verdicts.filling import Filling
    from bench.verdicts.kept import FOLDER, Engine, KeptResults
    from experiments.report import METHOD_VERSION

    options = arguments(FOLDER)
    start = time.perf_counter()
    cases = table.chosen(CASES, options.case)
    results, engine = KeptResults(options.results), Engine(code_digest(), METHOD_VERSION)
    # The pool's processes begin as copies of this one, so that each has Django ready.
    with Pool(options.processes) as pool:
        filling = Filling(results=results, engine=engine, seed=options.seed, pool=pool)
        found = filled(filling, cases, options)
    rows = table.kept_rows(CASES, results, engine, options.seed)
    page = table.page(rows, options.seed)
    print(page)
    if not options.dry_run:
        table.write(page)
    found |= {"seconds": round(time.perf_counter() - start), "seed": options.seed}
    print(json.dumps(table.headline(rows) | found))


def filled(filling: "Filling", cases: "Sequence[Case]", options: argparse.Namespace) -> dict[str, Any]:
    """Replay and add what was asked for; return how many hundreds came in, and which rows end otherwise now."""
    different: list[str] = []
    if options.replay:
        different = filling.replay(cases)
    added, until = 0, inf
    if options.minutes is not None:
        until = time.time() + 60 * options.minutes
    if options.add or options.minutes is not None:
        added = filling.run(cases, most=options.add or WITHOUT_END, until=until)
    return {"added": added, "different": different}


def arguments(folder: Path) -> argparse.Namespace:
    """Read what was asked for; results are kept in ``folder`` unless another one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", type=int, default=0, help="so many hundreds")
    parser.add_argument("--minutes", type=float, help="none begins after so many minutes")
    parser.add_argument("--replay", action="store_true", help="keep what this engine decides alike")
    parser.add_argument(
        "--case", action="append", default=[], help="those whose name has this in it, or is this; may be repeated"
    )
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing into the documentation")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, default=folder, help="keeps what was simulated")
    return parser.parse_args()


if __name__ == "__main__":
    main()
