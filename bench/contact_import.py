"""How long a large file of contacts takes, and what a kill costs: ``python -m bench.contact_import [--rows 100000]``.

The file is checked as an upload is, then imported as the worker does it, by a process that is killed on the way and one
that goes on. Each contact and each statement has to be there once.
"""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from io import BytesIO
from itertools import pairwise
from typing import Any

from bench.database import scratch

KEYS = {
    "ADDRESS_KEYS": "a key of the benchmark as long as any other",
    "ADDRESS_DIGEST_KEY": "another key of the benchmark as long as any",
}
IMPORTER = """
import django; django.setup()
from journeys.contact_files.importing import import_file
from journeys.models import ContactFile
import_file(ContactFile.objects.get())
"""
KILLED_AT = 0.4  # of the rows
POLL_S = 0.2


def make_file(rows: int) -> bytes:
    """Return a CSV of so many contacts: one in three is a guest, one in four agreed to one kind of message alone."""
    lines = ["email,customer_id,locale,country,consent,at,topic"]
    for number in range(rows):
        # An ID and a guest take different ways through the import, as do one kind of messages and all of them.
        customer_id = "" if number % 3 == 0 else f"c{number}"
        topic = "care" if number % 4 == 0 else ""
        lines.append(f"person{number}@shop.example,{customer_id},de-AT,AT,opt_in,2026-01-01T12:00:00Z,{topic}")
    return "\n".join(lines).encode()


def importer(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process that imports the file."""
    return subprocess.Popen([sys.executable, "-c", IMPORTER], env=environment)


def done_rows() -> int:
    """Return what the page shows: how many rows are imported."""
    from journeys.models import ContactFile

    return int(ContactFile.objects.values_list("done", flat=True).get())


def kill_on_the_way(process: "subprocess.Popen[bytes]", rows: int) -> list[int]:
    """Kill the importer once enough is imported; return what the page showed meanwhile."""
    shown = [0]
    while shown[-1] < rows * KILLED_AT and process.poll() is None:
        time.sleep(POLL_S)
        shown.append(done_rows())
    process.kill()  # SIGKILL: nothing of it can tidy up
    process.wait(20)
    return shown


def stored() -> dict[str, int]:
    """Count what the file should have brought, once each."""
    from journeys.models import Address, ConsentRecord, Contact

    return {
        "contacts": Contact.objects.count(),
        "addresses": Address.objects.count(),
        "statements": ConsentRecord.objects.count(),
    }


def run(options: Namespace, url: dict[str, str]) -> dict[str, Any]:
    """Check, import, kill, go on, and count."""
    from django.test import override_settings
    from django.utils import timezone

    from journeys.contact_files.stored_files import check_upload
    from journeys.models import ContactFile, ContactFileState
    from tests import factories

    environment = os.environ | url | KEYS | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    results: dict[str, Any] = {"benchmark": "contact_import", "rows": options.rows}
    with override_settings(ADDRESS_KEYS=[KEYS["ADDRESS_KEYS"]], ADDRESS_DIGEST_KEY=KEYS["ADDRESS_DIGEST_KEY"]):
        content = BytesIO(make_file(options.rows))
        began, began_cpu = time.perf_counter(), time.process_time()
        row = check_upload(factories.make_store(), content, "contacts", actor="bench", now=timezone.now())
        results |= {"check_s": seconds_since(began), "check_cpu_s": round(time.process_time() - began_cpu, 1)}
    # As confirmed, without the queue: it would start the next attempt only minutes after a kill.
    ContactFile.objects.update(state=ContactFileState.WAITING)
    began = time.perf_counter()
    shown = kill_on_the_way(importer(environment), row.rows)
    killed_at = done_rows()
    importer(environment).wait()
    results |= {"import_s": seconds_since(began), "import_cpu_s": cpu_of_importers(), "killed_at": killed_at}
    results |= {"steps_shown": sum(later > sooner for sooner, later in pairwise(shown)), "done": done_rows()}
    return results | stored()


def seconds_since(began: float) -> float:
    """Return how long ago it was."""
    return round(time.perf_counter() - began, 1)


def cpu_of_importers() -> float:
    """Return the processor time of both processes together, without PostgreSQL's."""
    times = os.times()
    return round(times.children_user + times.children_system, 1)


def main() -> None:
    """Print times and counts; status 1 where a row is missing or doubled."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    with scratch("config.settings") as url:
        found = run(options, url)
    print(json.dumps(found))
    counted = {found[name] for name in ("rows", "done", "contacts", "addresses", "statements")}
    raise SystemExit(len(counted) > 1)


if __name__ == "__main__":
    main()
