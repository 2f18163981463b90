"""Figures of customers for tests of pages: every part of them is there."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from checkout_widgets.customer_figures.document import (
    AliveGroup,
    Breadth,
    CheckPoint,
    Cohort,
    ExpectedRange,
    Figures,
    ForecastCheck,
    ForecastRow,
    Horizon,
    Lifetimes,
    VariantOutcome,
)
from checkout_widgets.models import CustomerFigures, Product, ReplenishmentTime
from experiments.models import Store

LAST_DAY = date(2026, 11, 29)


def horizons(customers: int) -> list[Horizon]:
    """A quarter of the customers came back within 30 days; of the last horizon nobody's days are over."""
    found = []
    for days, share in ((30, 4), (90, 3), (180, 2)):
        found.append(Horizon(days, customers, customers // share, customers // 10, customers * 100 * days))
    return [*found, Horizon(365, 0, 0, 0, 0)]


def make_figures(**changes: Any) -> Figures:
    """Two cohorts, a forecast that was checked, a test with two variants."""
    revenue = ExpectedRange(5_000_000, 4_000_000, 6_000_000)
    points = []
    for step in range(1, 5):
        observed = 100_000 * step if step < 3 else None
        day, expected = LAST_DAY + timedelta(days=30 * (step - 3)), ExpectedRange(1e5 * step, 8e4 * step, 12e4 * step)
        points.append(CheckPoint(day, expected, observed))
    outcome = VariantOutcome(
        experiment="zz-refill", name="Да", status="running", variant="Да", is_control=True, days=90,
        units=1_000, buyers=80, revenue_minor=400_000,
    )  # fmt: skip
    treatment = msgspec.structs.replace(
        outcome, is_control=False, buyers=100, revenue_minor=520_000,
        revenue_difference=ExpectedRange(120, -30, 270), rate_difference=ExpectedRange(0.02, -0.005, 0.045),
    )  # fmt: skip
    figures = Figures(
        last_day=LAST_DAY,
        currency="EUR",
        customers=1_234,
        repeat_customers=345,
        orders_without_customer=67,
        cohorts=[
            Cohort(date(2026, 9, 1), 1_000, 9_000_000, horizons(1_000), revenue),
            Cohort(date(2026, 10, 1), 234, 1_000_000, horizons(200)),
        ],
        breadths=[Breadth(False, 900, horizons(900)), Breadth(True, 300, horizons(300))],
        lifetimes=Lifetimes(
            purchasing=[0.2, 4.4, 0.8, 2.4],
            spending=[6.2, 3.7, 1_500],
            rows=[
                ForecastRow(90, ExpectedRange(400, 350, 450), revenue),
                ForecastRow(365, ExpectedRange(900, 800, 1_000), revenue),
            ],
            check=ForecastCheck(LAST_DAY - timedelta(days=90), 900, points),
            alive=[AliveGroup(0.0, 0.5, 45), AliveGroup(0.5, 1.0, 300)],
            single_customers=889,
            single_chance=0.123,
        ),
        outcomes=[outcome, treatment],
    )
    return msgspec.structs.replace(figures, **changes)


def store_figures(store: Store, now: datetime, figures: Figures | None = None) -> None:
    """Store figures as the worker does."""
    CustomerFigures.objects.create(
        store=store, counted_at=now, figures=msgspec.to_builtins(figures or make_figures(currency=store.currency))
    )


def store_replenishment(store: Store, product: Product) -> None:
    """A product that is bought again, one whose upper end isn't known, and a category that fewer come back to."""
    counts = {"customers": 120, "again": 80, "quarter_days": 18}
    make = ReplenishmentTime.objects.create
    make(store=store, product=product, quantity=1, median_days=41, low_days=35, high_days=52, **counts)
    make(store=store, product=product, quantity=2, median_days=71, low_days=55, **counts)
    make(store=store, category="Чай", quantity=1, customers=120, again=25)
