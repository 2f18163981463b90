"""The figures of a store's customers as a CSV: one row for each figure, with what it is of and how many it counts."""

from collections.abc import Iterator

from checkout_widgets.customer_figures.document import Band, Figures, Horizon
from checkout_widgets.models import ReplenishmentTime
from dashboard.report.exports import Row, csv_text
from experiments.models import Store


def csv_of(figures: Figures, store: Store) -> str:
    """Return all figures; money in minor units, shares as fractions."""
    return csv_text([*cohort_rows(figures), *lifetime_rows(figures), *arm_rows(figures), *replenishment_rows(store)])


def row(table: str, of: str, figure: str, value: float | None, **more: object) -> Row:
    """Return a line of the file."""
    line: Row = {"table": table, "of": of, "figure": figure, "days": None, "value": value}
    return line | {"low": None, "high": None, "customers": None} | more


def banded(table: str, of: str, figure: str, band: Band | None, **more: object) -> Row:
    """Return a line of a figure with its band; empty where it isn't known."""
    if band is None:
        return row(table, of, figure, None, **more)
    return row(table, of, figure, band.expected, low=band.low, high=band.high, **more)


def horizon_rows(table: str, of: str, horizons: list[Horizon]) -> Iterator[Row]:
    """Yield what customers did within each horizon."""
    for horizon in horizons:
        counted = {"days": horizon.days, "customers": horizon.customers}
        yield row(table, of, "repeat_rate", horizon.repeat_rate, **counted)
        yield row(table, of, "retention", horizon.retention, **counted)
        yield row(table, of, "revenue_per_customer_minor", horizon.value_minor, **counted)


def cohort_rows(figures: Figures) -> Iterator[Row]:
    """Yield the cohorts, and customers by the categories of their first order."""
    for cohort in figures.cohorts:
        month = f"{cohort.month:%Y-%m}"
        yield row("cohort", month, "revenue_minor", cohort.revenue_minor, customers=cohort.customers)
        yield banded("cohort", month, "forecast_minor", cohort.forecast, days=365, customers=cohort.customers)
        yield from horizon_rows("cohort", month, cohort.horizons)
    for breadth in figures.breadths:
        yield from horizon_rows("first_order", breadth.words_key, breadth.horizons)


def lifetime_rows(figures: Figures) -> Iterator[Row]:
    """Yield forecasts, and how many customers are likely to have left."""
    if figures.lifetimes is None:
        return
    for forecast in figures.lifetimes.rows:
        counted = {"days": forecast.days, "customers": figures.customers}
        yield banded("forecast", "all", "orders", forecast.orders, **counted)
        yield banded("forecast", "all", "revenue_minor", forecast.revenue, **counted)
    for group in figures.lifetimes.alive:
        yield row("still_customers", f"{group.low:.1f}-{group.high:.1f}", "customers", group.customers)


def arm_rows(figures: Figures) -> Iterator[Row]:
    """Yield what customers did in tests and holdouts."""
    for arm in figures.arms:
        of, counted = f"{arm.experiment}: {arm.variant}", {"days": arm.days, "customers": arm.units}
        yield row("test", of, "ordered", arm.rate, **counted)
        yield row("test", of, "revenue_each_minor", arm.value_minor, **counted)
        if not arm.is_control:
            yield banded("test", of, "ordered_difference", arm.rate_difference, **counted)
            yield banded("test", of, "revenue_difference_minor", arm.revenue_difference, **counted)


def replenishment_rows(store: Store) -> Iterator[Row]:
    """Yield after how many days customers buy the same again."""
    for time in ReplenishmentTime.objects.filter(store=store).select_related("product"):
        of = f"{time.quantity} x {time.product.sku if time.product else time.category}"
        ends = {"low": time.low_days, "high": time.high_days}
        yield row("replenishment", of, "median_days", time.median_days, customers=time.customers, **ends)
        yield row("replenishment", of, "bought_again", time.again, customers=time.customers)
