"""Hold the statistics against simulated truth: error, coverage and power, written into docs/statistics.md.

    python -m bench.calibration [--quick] [--dry-run] [--seed 2026]

The full run takes about ten minutes on two cores. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import pages
from bench.bars import Results, Size
from bench.carts import CartShop, adjust
from bench.studies import ALTERNATIVES, LOOKING, NULLS, examine, look_early

DOCS = Path(__file__).parents[1] / "docs"
CARTS = [
    (CartShop(conversion, correlation), lift)
    for conversion, lift in ((0.03, 0.4), (0.5, 0.1))
    for correlation in (0.3, 0.6, 0.9)
]
CART_VISITORS = 4_000
# What a study is called, what runs it with random numbers of its own, and the list that its findings go to.
Job: TypeAlias = tuple[str, Callable[..., list[Any]], list[Any]]
FULL, QUICK = Size(20_000, 10_000, 10_000, 2_000), Size(1_000, 500, 500, 100)


def jobs_of(size: Size, results: Results) -> list[Job]:
    """Return the studies in the order in which they have always run: it gives each its random numbers."""
    jobs: list[Job] = []
    for scenario in NULLS:
        jobs.append(("no effect", partial(examine, scenario, size.nulls), results.nulls))
    for scenario in ALTERNATIVES:
        jobs.append(("+10%", partial(examine, scenario, size.alternatives), results.alternatives))
    for scenario in LOOKING:
        jobs.append(("twenty looks", partial(look_early, scenario, size.looks), results.looks))
    for shop, lift in CARTS:
        job = partial(adjust, shop, CART_VISITORS, lift=lift, replicates=size.carts)
        jobs.append(("cart value", job, results.carts))
    return jobs


def simulate(size: Size, seed: int, console: Console) -> Results:
    """Run every study, each scenario with random numbers of its own, so that adding one changes no other."""
    results = Results([], [], [], [])
    jobs = jobs_of(size, results)
    columns = TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(jobs))
        for (description, job, found), own in zip(jobs, np.random.SeedSequence(seed).spawn(len(jobs)), strict=True):
            progress.update(task, description=description)
            found.extend(job(random=np.random.default_rng(own)))
            progress.advance(task)
    return results


def main() -> None:
    """Simulate, print what was found, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few replicates: to see that it runs")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    console = Console()
    size, start = QUICK if options.quick else FULL, time.perf_counter()
    results = simulate(size, options.seed, console)
    page = pages.markdown(results, size, options.seed)
    print(page)
    if not options.dry_run:
        pages.write(DOCS, page, pages.pictures(results))
    seconds = round(time.perf_counter() - start)
    print(json.dumps(pages.headline(results) | {"seconds": seconds, "replicates": size.nulls, "seed": options.seed}))


if __name__ == "__main__":
    main()
