"""Simulate whole tests through the real verdict, some by the plan of before, too, into docs/statistics.md.

    python -m bench.verdicts [--tests 2000] [--case A/A] [--dry-run] [--seed 2026] [--results FILE]

The full run takes hours. What is simulated is kept in a file by hundreds of tests: after an interruption, run it again,
and it goes on where it stopped. The last line is one JSON object.
"""

import argparse
import json
import os
import time
from multiprocessing import Pool
from pathlib import Path

import django


def main() -> None:
    """Run the cases, print the table, and write it into the documentation."""
    # Before the functions under study are loaded, which name the models; no database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.verdicts import kept, table
    from bench.verdicts.cases import CASES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=2_000, help="of each case, by each plan")
    parser.add_argument("--case", action="append", default=[], help="those whose name has this in it; may be repeated")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, default=kept.FILE, help="keeps what was simulated, to go on from there")
    options = parser.parse_args()
    start = time.perf_counter()
    cases = table.chosen(CASES, options.case)
    results = kept.KeptResults(options.results, kept.code_version())
    # The pool's processes begin as copies of this one, so that each has Django ready.
    with Pool(options.processes) as pool:
        rows = table.rows_of(cases, table.Run(options.tests, options.seed, results, pool))
    page = table.page(rows, options.tests, options.seed)
    print(page)
    if not options.dry_run:
        table.write(page)
    print(json.dumps(table.headline(rows) | {"seconds": round(time.perf_counter() - start), "seed": options.seed}))


if __name__ == "__main__":
    main()
