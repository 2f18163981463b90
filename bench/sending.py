"""How fast messages go out, and what kills cost: ``python -m bench.sending [--messages 2000] [--kills 30]``.

The floor of the rate is a bare loop that hands the same number of e-mails to the same server, in turns with ours. The
server runs in a process of its own and notes each recipient, so that a message that went out twice is seen.
"""

import json
import os
import random
import signal
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import scratch

SERVER_S = 0.01  # a message takes while workers are killed, so that a kill finds one on its way
SENT_BETWEEN_KILLS = 8
BYTES_A_LINE = 26  # that the server notes of a message
LEASE_S = 2  # of the workers that are killed: whoever comes after them doesn't wait for minutes
SERVER = """
import asyncio, sys
from aiosmtpd.controller import Controller
class Notes:
    def __init__(self, path, seconds): self.file, self.seconds = open(path, "a", buffering=1), seconds
    async def handle_DATA(self, server, session, envelope):
        if self.seconds: await asyncio.sleep(self.seconds)
        self.file.write(envelope.rcpt_tos[0] + "\\n")
        return "250 OK"
controller = Controller(Notes(sys.argv[2], float(sys.argv[3])), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
"""
WORKER = """
import django; django.setup()
import time
from datetime import timedelta
from django.db import Error, connection
from django.utils import timezone
from journeys.sending import claiming, handing_over
claiming.LEASE = timedelta(seconds=%d)
claiming.claim_some.__defaults__ = (claiming.LEASE,)
while True:
    try: handing_over.send_due(timezone.now())
    except Error: connection.close()
    time.sleep(0.05)
"""


@contextmanager
def mail_server(notes: Path, port: int, seconds: float = 0.0) -> Iterator[None]:
    """Run a mail server that notes who gets something, and takes so many seconds for each."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), str(notes), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
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
    from django.utils import timezone

    from journeys.models import CustomerMessage, Sender
    from journeys.sending.composing import Writer
    from journeys.sending.mime import content_of

    message = CustomerMessage.objects.earliest("pk")
    writer = Writer(Sender.objects.select_related("store").get(), [message.pk], timezone.now())
    content = content_of(writer.write(message.pk).email)
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


def rates(messages: int, rounds: int, port: int) -> tuple[float, float]:
    """Return the rate of our loop and of the bare one, the median of so many rounds each, in turns."""
    ours, floors = [], []
    for _round in range(rounds):
        plan(messages)
        floors.append(bare_loop(messages, port))
        ours.append(sending_rate())
        forget()
    return statistics.median(ours), statistics.median(floors)


def forget() -> None:
    """Remove what was planned and sent."""
    from django.conf import settings

    from experiments.models import Store

    Store.objects.all().delete()
    (settings.DATA_DIR / "last_sent_message").unlink(missing_ok=True)


def kill(workers: int, databases: int, environment: dict[str, str], postmaster: Path, notes: Path) -> Counter[str]:
    """Run two workers and kill them one after the other while they send, and PostgreSQL between.

    Return how many were killed of each. Between two kills, some messages go out: a worker that starts sends nothing.
    """
    command = [sys.executable, "-c", WORKER % LEASE_S]
    running = [subprocess.Popen(command, env=environment), subprocess.Popen(command, env=environment)]
    chance, killed = random.Random(20), Counter[str]()  # noqa: S311 -- the same kills in every run
    planned = ["worker"] * workers
    for number in range(databases):
        planned.insert((number + 1) * workers // (databases + 1) + number, "PostgreSQL")
    size_before = 0
    try:
        while is_anything_open():
            time.sleep(chance.uniform(0.05, 0.5))
            size = notes.stat().st_size
            if planned and size > size_before + SENT_BETWEEN_KILLS * BYTES_A_LINE:
                size_before = size
                kind = planned.pop()
                kill_one(kind, chance.randrange(2), running, postmaster)
                killed[kind] += 1
                for number, process in enumerate(running):
                    if process.poll() is not None:
                        running[number] = subprocess.Popen(command, env=environment)
    finally:
        for process in running:
            process.kill()
            process.wait(20)
    return killed


def kill_one(kind: str, number: int, running: list[subprocess.Popen[bytes]], postmaster: Path) -> None:
    """Kill one of the workers, or PostgreSQL."""
    if kind == "worker":
        running[number].kill()
        running[number].wait(20)
    else:
        os.kill(int(postmaster.read_text().partition("\n")[0]), signal.SIGKILL)


def is_anything_open() -> bool:
    """Whether a message isn't at its end; asked again while the database recovers."""
    from django.db import Error, connection

    from journeys.models import CustomerMessage, MessageState

    while True:
        try:
            return CustomerMessage.objects.filter(state__in=MessageState.values[:3]).exists()
        except Error:
            connection.close()
            time.sleep(0.2)


@contextmanager
def database_keeper() -> Iterator[None]:
    """Have the database started again when it is killed."""
    outside = dict(os.environ)
    outside.pop("DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, "-m", "config.database_keeper"], env=outside, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


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


def settings_of(environment: dict[str, str], port: int) -> dict[str, object]:
    """Return the same for this process."""
    return {
        "ADDRESS_KEYS": [environment["ADDRESS_KEYS"]],
        "ADDRESS_DIGEST_KEY": environment["ADDRESS_DIGEST_KEY"],
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
    }


def main() -> None:
    """Print rate and losses."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000, help="of each round, and of the part with kills")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=30, help="of workers")
    parser.add_argument("--database-kills", type=int, default=5, help="of PostgreSQL")
    parser.add_argument("--port", type=int, default=8760)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offerlift-") as name, scratch("config.settings") as url:
        print(json.dumps(run(options, Path(name), url)))


def run(options: Namespace, folder: Path, url: dict[str, str]) -> dict[str, object]:
    """Measure the rate, then kill."""
    from django.conf import settings
    from django.test import override_settings

    environment, notes = environment_of(url, options.port, folder), folder / "recipients"
    postmaster = Path(settings.DATA_DIR) / "postgres" / "postmaster.pid"
    results: dict[str, object] = {"benchmark": "sending", "load_average": round(os.getloadavg()[1], 1)}
    with override_settings(**settings_of(environment, options.port)):
        if options.rounds:
            # For as long as messages go out here alone: the embedded database is found, and started again, by it.
            with mail_server(notes, options.port), override_settings(DATA_DIR=folder):
                ours, floor = rates(options.messages, options.rounds, options.port)
            print(f"{ours:.0f} messages a second, {ours / floor:.2f} of a bare loop's {floor:.0f} (bar 0.7)")
            results |= {"a_second": round(ours), "ratio": round(ours / floor, 3)}
        if options.kills or options.database_kills:
            notes.write_text("")
            with mail_server(notes, options.port, SERVER_S), database_keeper():
                plan(options.messages)
                killed = kill(options.kills, options.database_kills, environment, postmaster, notes)
            results |= losses(options.messages, killed, notes)
    return results


def losses(messages: int, killed: Counter[str], notes: Path) -> dict[str, object]:
    """Compare what the server took with what the rows say."""
    from django.db.models import Count

    from journeys.models import CustomerMessage

    recipients = Counter(notes.read_text().split())
    states = dict(CustomerMessage.objects.order_by().values_list("state").annotate(Count("pk")))
    doubles = recipients.total() - len(recipients)
    untold = len(recipients) - states.get("sent", 0)  # taken by the server, and noted as unknown
    print(
        f"{killed['worker']} kills of workers and {killed['PostgreSQL']} of PostgreSQL: {doubles} sent twice (bar 0),",
        f"{states.get('unknown', 0)} unknown (bar one a kill), of which the server took {untold};",
        f"{sum(states.values())} of {messages} messages in one state each: {states}",
    )
    return {"kills": dict(killed), "doubles": doubles, "taken_and_unknown": untold, "states": states}


if __name__ == "__main__":
    main()
