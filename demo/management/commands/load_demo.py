"""Everything that the demo shows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console

from checkout_widgets import store_jobs
from checkout_widgets.customer_figures.jobs import count_customers
from checkout_widgets.customer_figures.refresh import refresh_figures
from checkout_widgets.models import Product
from checkout_widgets.recommending.jobs import count_pairs
from checkout_widgets.replenishment.counting import count_replenishment
from demo import pairs, people, scenario, tasks
from demo.after_order import days, making
from demo.annotations import annotate
from demo.costs_and_stock import take_stock
from demo.demo_tests import COMING, PAST, RUNNING, DemoTest, Traffic
from demo.retail_data.catalogue import move_pictures
from demo.simulation import SimulatedTraffic, Wanted, simulate
from demo.simulation.companions import Companion, companions_of
from demo.simulation.scenario import Novelty
from experiments.accounting.rollups import refresh_after_bulk
from experiments.models import Experiment, Store
from experiments.reading.exposures import has_exposures
from experiments.running import guardrails, looks, overlaps
from experiments.snapshots import take_snapshot
from journeys.models import Journey

HILLSTROM = settings.BASE_DIR / "demo/data" / "hillstrom.csv.gz"
HILLSTROM_COLUMNS = {
    "store": "hillstrom",
    "key": "hillstrom",
    "name": "Email to past customers (Hillstrom 2008)",
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
        "Load the demo: store, catalog, past orders, user, experiments, traffic. Run it again to add what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="where the product is served")
        parser.add_argument(
            "--traffic", type=float, default=1.0, help="share of the simulated visitors to send (default: 1)"
        )
        parser.add_argument(
            "--customers-later",
            action="store_true",
            help="leave the customers of the first start, with their parcels and messages, to the worker",
        )

    def handle(self, *args: Any, base_url: str, traffic: float, customers_later: bool = False, **options: Any) -> None:
        address = base_url.rstrip("/")
        store = scenario.open_store(address)
        load_catalogue(store, address)
        scenario.stock_services(store)
        take_stock(store)
        for test in PAST:
            load_past(store, test, traffic)
        # before the running ones: their reports say what past tests came to
        looks.store_final_results(timezone.now())
        annotate(store, timezone.now())
        load_running(store, traffic)
        for test in COMING:
            scenario.launch(store, test)
        if customers_later and making.is_unmade(store, timezone.now()):
            tasks.begin_making(address)
        else:
            load_customers(store, address)
        pairs.begin(store)
        store_jobs.queue(count_pairs, store.pk)  # with the customers' orders, by the worker once the pages are up
        # Now, so that the page has figures at once, and again with the customers' orders, as above.
        count_replenishment(store, timezone.now())
        refresh_figures(store, timezone.now())
        store_jobs.queue(count_customers, store.pk)
        # As the worker would once a day: which visitors tests share.
        overlaps.count_due(timezone.now())
        looks.store_final_results(timezone.now())
        looks.store_holdout_reports(timezone.now())
        load_hillstrom()
        scenario.admit_user(Store.objects.filter(slug__in=("demo", "hillstrom")))
        people.admit_team(store)


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
    with step("Catalog and past orders"):
        call_command("import_online_retail", store=store.slug, base_url=address, households=True, quiet=True)


def load_past(store: Store, test: DemoTest, share: float) -> None:
    """A test of the past, as it ended."""
    experiment = scenario.launch(store, test)
    load_traffic(experiment, test, share)
    scenario.conclude(experiment, test)


def load_running(store: Store, share: float) -> None:
    """The running tests beside a holdout; one that does harm is paused by its guardrail."""
    held_out = scenario.hold_out(store)
    # simulated visitors are assigned by the store's holdout share as it is stored now
    store.refresh_from_db()
    for test in RUNNING:
        experiment = scenario.launch(store, test)
        # only with new traffic: a test that somebody has resumed since isn't paused again
        if load_traffic(experiment, test, share) and experiment.is_pausing_on_harm:
            guardrails.act_on_figures(experiment, timezone.now())
    if held_out and not held_out.snapshots.exists():
        refresh_after_bulk(held_out)
        take_snapshot(held_out)


def load_customers(store: Store, address: str) -> None:
    """The customers of the last months, with their journeys; from the second start on, the days since."""
    now = timezone.now()
    if not Journey.objects.filter(store=store).exists():
        days.begin(store, address, now)
    if not days.days_due(store, now):
        return
    with step("Customers, their parcels and messages"):
        days.catch_up(store, now)
    making.store_reports(store, now)


def load_traffic(experiment: Experiment, test: DemoTest, share: float) -> bool:
    """Simulate visitors where there has been nobody: all of them, or none where it is interrupted."""
    if test.traffic is None or has_exposures(experiment):
        return False
    visitors = round(test.traffic.visitors * share)
    now = timezone.now() - timedelta(days=test.ended_days_ago)
    # In one transaction: visitors without their orders would look like a test that lost all of its conversions, and the
    # next run would leave them so.
    with step(f"{visitors:,} simulated visitors of {experiment.key}"), transaction.atomic():
        wanted = Wanted(
            aov_lift=test.traffic.aov_lift,
            conversion_lift=test.traffic.conversion_lift,
            upsells=scenario.upsells_of(experiment),
            novelty=novelty_of(test.traffic, began_at=now - timedelta(days=test.traffic.days)),
            lost_share=test.traffic.lost,
            refund_share=test.traffic.refund_share,
            refund_weeks=test.traffic.refund_weeks,
            second_take_rate=test.traffic.second_take_rate,
        )
        traffic = SimulatedTraffic(
            visitors=visitors,
            days=test.traffic.days,
            seed=test.traffic.seed,
            companions=companions_for(experiment, test.traffic, now),
        )
        simulate(experiment, traffic, wanted, now=now, is_look=True)
    return True


def novelty_of(traffic: Traffic, *, began_at: datetime) -> Novelty:
    """Return what the first days of a test add to its effect."""
    if not traffic.new_days:
        return Novelty()
    return Novelty(traffic.new_lift, began_at + timedelta(days=traffic.new_days))


def companions_for(experiment: Experiment, traffic: Traffic, now: datetime) -> list[Companion]:
    """Return the visitors of the other test whose visit goes on here; nobody where there is no such test."""
    other = Experiment.objects.filter(store=experiment.store, key=traffic.shared_with).first()
    if other is None:
        return []
    return companions_of(other, displaced_share=traffic.displaced, before=now)


def load_hillstrom() -> None:
    """Import the real experiment where it is missing."""
    if not Experiment.objects.filter(store__slug="hillstrom", key="hillstrom").exists():
        with step("64,000 customers of the Hillstrom experiment"):
            call_command("import_experiment", HILLSTROM, **HILLSTROM_COLUMNS)
    scenario.conclude_hillstrom()
