"""Run the whole product with a living demo store."""

import os
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from rich.console import Console
from rich.panel import Panel

from config import processes, supervisor
from config.version import version
from demo.after_order import making
from demo.mailbox import delivery
from journeys.sending import switches

READY = f"""[bold]Offerlift {version()} is running.[/bold] It took {{seconds:.0f}} s. Ctrl-C stops everything.

  Demo store   [link]{{url}}/demo/[/link]
  Dashboard    [link]{{url}}/[/link]
  Admin        [link]{{url}}/admin/[/link]
  Log in as    [bold]demo[/bold] with the password [bold]demo[/bold]

[bold]Try first[/bold]
  1. Add something to the demo store's cart: half of the visitors are
     offered a cake stand. The ribbon on top says which half you are in,
     and makes you a new visitor.
  2. Accept the offer, place the order, and open the report of
     "A cake stand beside the cart": {{url}}/tests/demo/cart-accessory/
     It counts your order, and says why the offer can be rolled out.
  3. Open {{url}}/demo/mailbox/ : a message has followed your order.
     Move the customers' clock by a day, and the next step follows.
     (2,000 customers are made beside it, in about half a minute.)
  4. Open the report of the Hillstrom test: 64,000 real customers.
  5. Change a widget's headline in the admin; the store shows it two
     seconds later."""


class Command(BaseCommand):
    help = "Prepare the database, load the demo data, and serve the product on one port."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
        parser.add_argument("--reset", action="store_true", help="delete all data of the embedded database first")

    def handle(self, *args: Any, host: str, port: int, reset: bool, **options: Any) -> None:
        started = time.monotonic()
        address = processes.bracketed(host)
        url = f"http://{address}:{port}"
        console = Console()
        # before anything is loaded: a taken port would show only after half a minute of work
        require_free_port(host, port)
        if reset:
            forget_everything(console)
        console.print("Preparing the database ...")
        call_command("migrate", verbosity=0)
        call_command("load_demo", base_url=url, customers_later=True)
        # the server's processes open their own; these would only take up the database's few places
        connections.close_all()
        settings.STATIC_ROOT.mkdir(exist_ok=True)  # nothing is collected into it here, but WhiteNoise looks for it
        console.print("Starting the server ...")
        status = supervisor.keep_running(
            [processes.console_service(host, port, workers=1, threads=12), *processes.background_services()],
            environment={
                "STATIC_FROM_SOURCE": "1",
                "ALLOWED_HOSTS": ",".join({*settings.ALLOWED_HOSTS, address}),
                "CONSOLE_URL": os.environ.get("CONSOLE_URL", url),  # where emails lead to
            },
            is_ready=lambda: processes.is_answering(host, port, f"{settings.SCRIPT_NAME}/login/"),
            when_ready=lambda: console.print(Panel.fit(READY.format(url=url, seconds=time.monotonic() - started))),
        )
        if status == 0:
            console.print("Stopped.")
        else:
            console.print("The server stopped or didn't answer. The lines above say why.")
        sys.exit(status)


def require_free_port(host: str, port: int) -> None:
    """Raise ``CommandError`` where another program listens on the port."""
    try:
        processes.require_free_port(host, port)
    except processes.CannotListen as error:
        # ten above, since the next ones are often taken by the same program; there is none above 65,535
        other_port = 8010
        if port < 65_000:
            other_port = port + 10
        raise CommandError(f"{error} For example: make demo PORT={other_port}") from error


def forget_everything(console: Console) -> None:
    """Empty the embedded database; an outside one is never touched."""
    if os.environ.get("DATABASE_URL"):
        raise CommandError("DATABASE_URL points to your own database, which isn't reset. Unset it to reset the demo's.")
    console.print("Deleting the demo's data ...")
    # the schema with all that is in it: tables of a later version, too, which no migration here knows
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    # beside the database: what was delivered, and that it was, which a new database would take for a lost one
    delivery.empty()
    making.marker().unlink(missing_ok=True)
    switches.marker().unlink(missing_ok=True)
