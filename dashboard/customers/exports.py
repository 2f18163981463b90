"""The figures of a store's customers as a CSV: one row for each figure, with what it is of and how many it counts."""

from collections.abc import Iterator

from checkout_widgets.customer_figures.document import ExpectedRange, Figures, Horizon
from checkout_widgets.models import ReplenishmentTime
from dashboard.report.exports import Row, csv_text
from experiments.models import Store


def csv_of(figures: Figures, store: Store) -> str:
    """Return all figures; money in minor units, shares as fractions."""
    return csv_text(
        [*cohort_rows(figures), *lifetime_rows(figures), *variant_rows(figures), *replenishment_rows(store)]
    )


def row(table: str, of: str, figure: str, value: float | None, **more: object) -> Row:
    """Return a line of the file."""
    line: Row = {"table": table, "of": of, "figure": figure, "days": None, "value": value}
    return line | {"low": None, "high": None, "customers": None} | more


def banded(table: str, of: str, figure: str, band: ExpectedRange | None, **more: object) -> Row:
    """Return a line of a figure with its band; empty where it isn't known."""
    # A line without a value, so that every file has the same lines.
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


def variant_rows(figures: Figures) -> Iterator[Row]:
    """Yield what customers did in tests and holdouts."""
    for outcome in figures.outcomes:
        of, counted = f"{outcome.experiment}: {outcome.variant}", {"days": outcome.days, "customers": outcome.units}
        yield row("test", of, "ordered", outcome.rate, **counted)
        yield row("test", of, "revenue_each_minor", outcome.value_minor, **counted)
        # The control has no difference from itself.
        if not outcome.is_control:
            yield banded("test", of, "ordered_difference", outcome.rate_difference, **counted)
            yield banded("test", of, "revenue_difference_minor", outcome.revenue_difference, **counted)


def replenishment_rows(store: Store) -> Iterator[Row]:
    """Yield after how many days customers buy the same again."""
    for time in ReplenishmentTime.objects.filter(store=store).select_related("product"):
        of = f"{time.quantity} x {time.product.sku if time.product else time.category}"
        ends = {"low": time.low_days, "high": time.high_days}
        yield row("replenishment", of, "median_days", time.median_days, customers=time.customers, **ends)
        yield row("replenishment", of, "bought_again", time.again, customers=time.customers)
