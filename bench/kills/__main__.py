"""Kill processes under load, end all of them under load, fill the disk, and count what is lost.

    python -m bench.kills

Run as root it also fills a disk, a small one in memory that is mounted for it. It takes about ten minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.kills import parts

PARTS = ("kills", "ends", "disk")


def main() -> None:
    """Run the parts that were asked for, and print what they found; status 1 where anything was lost or stays dead."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="one of them alone")
    parser.add_argument("--kills", type=int, default=50, help="of the product's processes")
    parser.add_argument("--database-kills", type=int, default=5, help="of PostgreSQL")
    parser.add_argument("--events", type=int, default=200_000, help="to be acknowledged at least")
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    if options.part is None:
        sys.exit(run_each(sys.argv[1:]))
    if options.part == "disk" and os.geteuid() != 0:
        sys.exit("The part that fills a disk needs root, to mount one.")
    result = run(options)
    load = round(os.getloadavg()[1], 1)
    print(json.dumps({"benchmark": f"kills: {options.part}", "load_average": load, **result}))
    sys.exit(0 if result["is_good"] else 1)


def run_each(arguments: Sequence[str]) -> int:
    """Run all parts, and return the worst status.

    Each in a process of its own, because a process follows one embedded database only.
    """
    worst = 0
    for part in PARTS:
        command = [sys.executable, "-m", "bench.kills", *arguments, "--part", part]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


def run(options: Namespace) -> dict[str, Any]:
    """One part."""
    if options.part == "disk":
        return parts.full_disk(clients=options.clients)
    with tempfile.TemporaryDirectory(prefix="offerlift-") as folder:
        if options.part == "ends":
            return parts.ends(Path(folder), clients=options.clients)
        return parts.kills(
            Path(folder),
            number=options.kills,
            of_database=options.database_kills,
            events=options.events,
            clients=options.clients,
        )


if __name__ == "__main__":
    main()
