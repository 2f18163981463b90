"""How fast messages go out, and what kills cost: ``python -m bench.sending [--messages 2000] [--kills 30]``.

The floor of the rate is a bare loop that hands the same number of e-mails to the same server. The server runs in a
process of its own and notes each recipient, so that a message that went out twice is seen.
"""

import json
import os
import random
import smtplib
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import scratch

LEASE_S = 2  # of the workers that are killed: whoever comes after them doesn't wait for minutes
SERVER = """
import asyncio, sys
from aiosmtpd.controller import Controller
class Notes:
    def __init__(self, path): self.file = open(path, "a", buffering=1)
    async def handle_DATA(self, server, session, envelope):
        self.file.write(envelope.rcpt_tos[0] + "\\n")
        return "250 OK"
controller = Controller(Notes(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
"""
WORKER = """
import django; django.setup()
import time
from datetime import timedelta
from django.utils import timezone
from journeys.sending import claiming, handing_over
handing_over.LEASE = claiming.LEASE = timedelta(seconds=%d)
claiming.claim_some.__defaults__ = (claiming.LEASE,)
while True:
    handing_over.send_due(timezone.now())
    time.sleep(0.05)
"""


@contextmanager
def mail_server(notes: Path, port: int) -> Iterator[None]:
    """Run a mail server that notes who gets something."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), str(notes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def plan(number: int) -> None:
    """Plan so many messages of one step, each to a customer of its own."""
    from django.db import transaction

    from tests import factories
    from tests.journeys.messages import make_message, make_sender, make_step

    with transaction.atomic():  # one commit, not thousands
        store = factories.make_store()
        make_sender(store)
        step = make_step(store)
        for customer in range(number):
            make_message(step, f"customer-{customer}@shop.example")


def bare_loop(number: int, port: int) -> float:
    """Return how many e-mails a second a loop hands over that does nothing else."""
    from journeys.models import CustomerMessage, Sender
    from journeys.sending.composing import compose

    message = CustomerMessage.objects.select_related("store", "contact", "address", "consent").first()
    assert message is not None
    from django.utils import timezone

    mail = compose(message, Sender.objects.get(), timezone.now()).email.message()
    content = mail.as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for customer in range(number):
            server.sendmail("hello@tea.example", [f"bare-{customer}@shop.example"], content)
    return number / (time.perf_counter() - began)


def sending_rate() -> float:
    """Return how many messages a second our own loop hands over, everything it writes included."""
    from django.utils import timezone

    from journeys.sending.handing_over import send_due

    began = time.perf_counter()
    sent = send_due(timezone.now())
    return sent / (time.perf_counter() - began)


def kill_workers(kills: int, environment: dict[str, str]) -> int:
    """Run two workers and kill one after the other while they send; return how many were killed."""
    from journeys.models import CustomerMessage, MessageState

    command = [sys.executable, "-c", WORKER % LEASE_S]
    workers = [subprocess.Popen(command, env=environment) for _ in range(2)]
    chance, killed = random.Random(20), 0  # noqa: S311 -- the same kills in every run
    try:
        while CustomerMessage.objects.filter(state__in=MessageState.values[:3]).exists():
            time.sleep(chance.uniform(0.4, 1.2))
            if killed < kills:
                victim = chance.randrange(2)
                workers[victim].kill()
                workers[victim].wait(20)
                workers[victim] = subprocess.Popen(command, env=environment)
                killed += 1
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(20)
    return killed


def environment_of(url: dict[str, str], port: int, folder: Path) -> dict[str, str]:
    """Return what the workers read their settings from."""
    return (
        os.environ
        | url
        | {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "OFFERLIFT_DATA_DIR": str(folder),
            "ADDRESS_KEYS": "a key of the benchmark as long as any other",
            "ADDRESS_DIGEST_KEY": "another key of the benchmark as long as any",
            "SECRET_KEY": "a secret key of the benchmark, long enough for anybody",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
    )


def settings_of(environment: dict[str, str], port: int, folder: Path) -> dict[str, object]:
    """Return the same for this process."""
    return {
        "ADDRESS_KEYS": [environment["ADDRESS_KEYS"]],
        "ADDRESS_DIGEST_KEY": environment["ADDRESS_DIGEST_KEY"],
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "DATA_DIR": folder,
    }


def main() -> None:
    """Print rate and losses."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--port", type=int, default=8760)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offerlift-") as name, scratch("config.settings") as url:
        print(json.dumps(run(options.messages, options.kills, options.port, Path(name), url)))


def run(messages: int, kills: int, port: int, folder: Path, url: dict[str, str]) -> dict[str, object]:
    """Measure the rate, then kill."""
    from django.test import override_settings

    from journeys.models import CustomerMessage

    environment, notes = environment_of(url, port, folder), folder / "recipients"
    # For as long as messages go out alone: the database is the data folder's, and is dropped there at the end.
    with override_settings(**settings_of(environment, port, folder)), mail_server(notes, port):
        plan(messages)
        floor = bare_loop(messages, port)
        ours = sending_rate()
        notes.write_text("")
        CustomerMessage.objects.all().delete()
        (folder / "last_sent_message").unlink(missing_ok=True)
        plan(messages)
        killed = kill_workers(kills, environment)
    recipients = Counter(notes.read_text().split())
    states = Counter(CustomerMessage.objects.values_list("state", flat=True))
    doubles = sum(count - 1 for count in recipients.values())
    load = round(os.getloadavg()[1], 1)
    print(f"{ours:.0f} messages a second, {ours / floor:.2f} of a bare loop's {floor:.0f} (bar 0.7)")
    print(
        f"{killed} kills: {doubles} sent twice (bar 0), {states.get('unknown', 0)} unknown (bar one a kill),",
        dict(states),
    )
    return {
        "benchmark": "sending",
        "load_average": load,
        "ratio": round(ours / floor, 3),
        "kills": killed,
        "doubles": doubles,
        "states": dict(states),
    }


if __name__ == "__main__":
    main()
