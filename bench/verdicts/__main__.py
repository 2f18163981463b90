"""Simulate whole tests through the real verdict, by the plan of before and that of now, into docs/statistics.md.

    python -m bench.verdicts [--tests 2000] [--case A/A] [--dry-run] [--seed 2026]

The full run takes about an hour on two cores. The last line is one JSON object.
"""

import argparse
import json
import os
import time
from multiprocessing import Pool

import django


def main() -> None:
    """Run the cases, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=2_000, help="of each case, by each plan")
    parser.add_argument("--case", action="append", default=[], help="those whose name has this in it; may be repeated")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    # Before the functions under study are loaded, which name the models; no database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.verdicts import table
    from bench.verdicts.cases import CASES

    start = time.perf_counter()
    cases = table.chosen(CASES, options.case)
    # The pool's processes begin as copies of this one, so that each has Django ready.
    with Pool(options.processes) as pool:
        rows = table.rows_of(cases, options.tests, seed=options.seed, pool=pool)
    page = table.page(rows, options.tests, options.seed)
    print(page)
    if not options.dry_run:
        table.write(page)
    print(json.dumps(table.headline(rows) | {"seconds": round(time.perf_counter() - start), "seed": options.seed}))


if __name__ == "__main__":
    main()
