"""The page of a store's customers: all of it from stored figures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from checkout_widgets import store_jobs
from checkout_widgets.customer_figures.document import Figures, Horizon, VariantOutcome
from checkout_widgets.customer_figures.forecasting import LEAST_REPEAT_CUSTOMERS
from checkout_widgets.customer_figures.jobs import count_customers
from checkout_widgets.customer_figures.people import HORIZONS
from checkout_widgets.models import CustomerFigures, ReplenishmentTime
from checkout_widgets.replenishment.counting import LEAST
from dashboard.drawings.expected import expected_chart
from dashboard.drawings.figure import Figure
from dashboard.paging import choice
from experiments import formatting
from experiments.models import Order, Store

SHADES = 8  # of the heat map, beside none
MOST_COHORTS = 24  # months on the page; the export has all
MOST_REPLENISHMENT = 50


@dataclass(frozen=True, slots=True)
class CohortMeasure:
    """What the cells of the heat map show of each cohort."""

    name: Promise
    value: Callable[[Horizon], float | None]
    is_money: bool = False

    def text(self, value: float | None, currency: str) -> str:
        """Return a value as people read it."""
        if self.is_money:
            return formatting.money(value, currency)
        return formatting.percent(value)


MEASURES: dict[str, CohortMeasure] = {
    "repeat": CohortMeasure(gettext_lazy("Repeat rate"), lambda horizon: horizon.repeat_rate),
    "retention": CohortMeasure(gettext_lazy("Retention"), lambda horizon: horizon.retention),
    "value": CohortMeasure(gettext_lazy("Revenue per customer"), lambda horizon: horizon.value_minor, is_money=True),
}
USUAL = "repeat"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cohort's value within one horizon; ``shade`` from 0 to 8 by the greatest value, ``is_partial`` while some
    customers' days aren't over."""

    days: int
    text: str
    customers: int
    shade: int
    is_partial: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A cohort, with its cells and what its customers spent and are expected to spend."""

    cohort: Any
    cells: list[HeatCell]


@dataclass(frozen=True, slots=True)
class ComparedTest:
    """The variants of one test, by horizon."""

    name: str
    outcomes: list[VariantOutcome]


@dataclass(frozen=True)
class CustomersPage:
    """What is known of a store's customers, as an address asks for it."""

    store: Store
    show: str = USUAL

    @classmethod
    def asked(cls, store: Store, query: Mapping[str, str]) -> "CustomersPage":
        """Return what an address asks for; what it says wrongly counts as not asked for."""
        return cls(store, choice(query, "show", MEASURES) or USUAL)

    @cached_property
    def stored(self) -> CustomerFigures | None:
        """The figures as they are stored; None before the first count."""
        return CustomerFigures.objects.filter(store=self.store).first()

    @cached_property
    def figures(self) -> Figures | None:
        """The figures; None before the first count."""
        if self.stored is None:
            return None
        return msgspec.convert(self.stored.figures, Figures)

    @cached_property
    def is_counting(self) -> bool:
        """Whether a count waits or runs."""
        return store_jobs.is_queued(count_customers, self.store.pk)

    @cached_property
    def has_orders(self) -> bool:
        """Whether any order has come."""
        return Order.objects.filter(store=self.store).exists()

    @property
    def least_repeat_customers(self) -> int:
        """From how many customers with a second order on there is a forecast."""
        return LEAST_REPEAT_CUSTOMERS

    @property
    def least_again(self) -> int:
        """From how many customers who bought a product again on its days are counted."""
        return LEAST

    @property
    def horizons(self) -> tuple[int, ...]:
        """The days of the heat map's columns."""
        return HORIZONS

    @property
    def measures(self) -> Iterator[tuple[Promise, str, bool]]:
        """Yield what the heat map can show: its name, its address, and whether it is shown."""
        for key, measure in MEASURES.items():
            query = urlencode({"store": self.store.slug, "show": key})
            yield measure.name, f"?{query}#cohorts", key == self.show

    @cached_property
    def heat_rows(self) -> list[HeatRow]:
        """The newest cohorts, the last one first."""
        if self.figures is None:
            return []
        newest = self.figures.cohorts[-MOST_COHORTS:][::-1]
        # Of all cells that are shown: the darkest one is then comparable with every other.
        measure, rows = MEASURES[self.show], []
        greatest = 0.0
        for cohort in newest:
            for horizon in cohort.horizons:
                greatest = max(greatest, measure.value(horizon) or 0.0)
        for cohort in newest:
            cells = [self.heat_cell(horizon, cohort.customers, greatest) for horizon in cohort.horizons]
            rows.append(HeatRow(cohort, cells))
        return rows

    def heat_cell(self, horizon: Horizon, customers: int, greatest: float) -> HeatCell:
        """Return a cohort's cell within one horizon."""
        measure = MEASURES[self.show]
        value, shade = measure.value(horizon), 0
        # Refunds can make a value negative, which has no shade.
        if value is not None and greatest > 0:
            shade = max(0, round(SHADES * value / greatest))
        return HeatCell(
            days=horizon.days,
            text=measure.text(value, self.store.currency),
            customers=horizon.customers,
            shade=shade,
            is_partial=0 < horizon.customers < customers,
        )

    @property
    def breadth_rows(self) -> list[tuple[Horizon, Horizon]]:
        """By horizon, customers whose first order had one category, and several; none where nobody's is known."""
        if self.figures is None or not any(breadth.customers for breadth in self.figures.breadths):
            return []
        one, several = self.figures.breadths
        return list(zip(one.horizons, several.horizons, strict=True))

    @cached_property
    def chart(self) -> Figure | None:
        """The earlier forecast beside what came; None where there is none."""
        if self.figures is None or self.figures.lifetimes is None or self.figures.lifetimes.check is None:
            return None
        return expected_chart(self.figures.lifetimes.check, self.figures.currency)

    @cached_property
    def replenishment(self) -> list[ReplenishmentTime]:
        """After how many days what is bought most is bought again."""
        # What most customers buy again is what a journey is worth most for.
        found = ReplenishmentTime.objects.filter(store=self.store).select_related("product")
        return list(found.order_by(F("again").desc(), "pk")[:MOST_REPLENISHMENT])

    @cached_property
    def compared_tests(self) -> list[ComparedTest]:
        """What customers did in tests and holdouts, by test."""
        if self.figures is None:
            return []
        groups = []
        # They are stored by test, the newest first.
        for name, outcomes in groupby(self.figures.outcomes, key=lambda outcome: outcome.name):
            groups.append(ComparedTest(name, list(outcomes)))
        return groups
