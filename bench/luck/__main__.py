"""Simulate programmes of tests and what is said of their winners, into docs/statistics.md.

    python -m bench.luck [--winners 2000] [--believed 12000] [--dry-run] [--seed 2026]

The full run takes about a quarter of an hour on two cores. The last line is one JSON object.
"""

import argparse
import json
import os
import time
from multiprocessing import Pool

import django


def main() -> None:
    """Run the programmes, print the tables, and write them into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--winners", type=int, default=2_000, help="of each programme, by each number of past tests")
    parser.add_argument("--believed", type=int, default=12_000, help="tests of each programme whose belief is read")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    # Before the plan's rules are loaded, which name the models; no database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.luck import table

    start = time.perf_counter()
    with Pool(options.processes) as pool:
        luck = table.luck_rows(options.winners, options.seed, pool)
        beliefs = table.belief_rows(options.believed, options.seed, pool)
    page = table.page(luck, beliefs, seed=options.seed)
    print(page)
    if not options.dry_run:
        table.write(page)
    seconds = round(time.perf_counter() - start)
    print(json.dumps(table.headline(luck, beliefs) | {"seconds": seconds, "seed": options.seed}))


if __name__ == "__main__":
    main()
