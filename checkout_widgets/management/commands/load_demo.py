"""Everything that the demo shows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from rich.console import Console

from checkout_widgets.demo_store import scenario
from checkout_widgets.demo_store.catalogue import move_pictures
from checkout_widgets.demo_store.demo_tests import DEMO_TESTS
from checkout_widgets.models import Product
from experiments.models import Experiment, Exposure, Store
from experiments.simulation import simulate

HILLSTROM = settings.BASE_DIR / "demo_data" / "hillstrom.csv.gz"
TRAFFIC: dict[str, dict[str, Any]] = {
    "cart-accessory": {"visitors": 12_000, "aov_lift": 0.08, "conversion_lift": 0.01, "seed": 3},
    "exit-bundle": {"visitors": 6_000, "aov_lift": 0.03, "conversion_lift": 0.02, "seed": 2},
}
HILLSTROM_COLUMNS = {
    "store": "hillstrom",
    "key": "hillstrom",
    "name": "E-mail to past customers (Hillstrom 2008)",
    "currency": "USD",
    "variant": "segment",
    "control": "No E-Mail",
    "revenue": "spend",
    "orders": "conversion",
    "covariate": "history",
    "segment": ["channel", "zip_code", "newbie"],
}


class Command(BaseCommand):
    help = (
        "Load the demo: store, catalogue, past orders, user, experiments, traffic. Repeating it adds what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="where the product is served")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        address = base_url.rstrip("/")
        store = scenario.open_store(address)
        load_catalogue(store, address)
        for test in DEMO_TESTS:
            load_traffic(scenario.launch(store, test))
        load_hillstrom()
        scenario.admit_user(Store.objects.filter(slug__in=("demo", "hillstrom")))


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    console, started = Console(), time.monotonic()
    with console.status(f"{text} ..."):
        yield
    console.print(f"{text}: {time.monotonic() - started:.1f} s")


def load_catalogue(store: Store, address: str) -> None:
    """Stock the shop where it is empty; else see that its pictures come from this address."""
    if Product.objects.filter(store=store).exists():
        move_pictures(store, address)
        return
    with step("Catalogue and past orders"):
        call_command("import_online_retail", store=store.slug, base_url=address, quiet=True)


def load_traffic(experiment: Experiment) -> None:
    """Simulate visitors where there has been nobody: all of them, or none where it is interrupted."""
    if Exposure.objects.for_experiment(experiment).exists():
        return
    traffic = TRAFFIC[experiment.key]
    with step(f"{traffic['visitors']:,} simulated visitors of {experiment.key}"), transaction.atomic():
        simulate(experiment, days=scenario.DAYS, upsells=scenario.upsells_of(experiment), **traffic)


def load_hillstrom() -> None:
    """Import the real experiment where it is missing."""
    if not Experiment.objects.filter(store__slug="hillstrom", key="hillstrom").exists():
        with step("64,000 customers of the Hillstrom experiment"):
            call_command("import_experiment", HILLSTROM, **HILLSTROM_COLUMNS)
    scenario.conclude_hillstrom()
