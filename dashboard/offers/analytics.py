"""The figures of a store's offers, told apart by one thing, in a period: a table and a chart of one measure."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from checkout_widgets.catalogue_files.cells import guarded
from checkout_widgets.models import Offer
from checkout_widgets.offer_days.figures import OfferFigures, counted_until, figures_by, total
from dashboard.offers.groups import GROUPINGS, MOST_VALUES, NOT_RECORDED, OTHER, USUAL, Grouping
from dashboard.offers.periods import Period, period_of
from dashboard.paging import choice
from experiments import formatting
from experiments.models import Moment, Store
from experiments.programme.known_tests import known_tests
from experiments.programme.moment_effects import MomentEffects, moment_effects


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that the chart can show."""

    name: Promise
    value: Callable[[OfferFigures], float | None]
    unit: str

    def text(self, figures: OfferFigures, currency: str) -> str:
        """Return the figure as people read it."""
        value = self.value(figures)
        if self.unit == "money":
            return formatting.money(value, currency)
        if self.unit == "share":
            return formatting.percent(value)
        if self.unit == "seconds":
            return formatting.decimal(value, 1)
        return formatting.count(value)


MEASURES: dict[str, Measure] = {
    "revenue": Measure(gettext_lazy("Revenue after refunds"), lambda figures: figures.net_minor, "money"),
    "shown": Measure(gettext_lazy("Shown"), lambda figures: figures.shown, "count"),
    "bought": Measure(gettext_lazy("Bought"), lambda figures: figures.bought, "count"),
    "take_rate": Measure(gettext_lazy("Accepted of shown"), lambda figures: figures.take_rate, "share"),
    "bought_rate": Measure(gettext_lazy("Bought of shown"), lambda figures: figures.bought_rate, "share"),
    "revenue_per_view": Measure(
        gettext_lazy("Revenue per impression"), lambda figures: figures.net_per_view_minor, "money"
    ),
    "decision": Measure(gettext_lazy("Seconds to decide"), lambda figures: figures.decision_seconds, "seconds"),
    "view": Measure(gettext_lazy("Seconds in view"), lambda figures: figures.view_seconds, "seconds"),
}
USUAL_MEASURE = "revenue"


@dataclass(frozen=True, slots=True)
class AnalyticsRow:
    """A group with its figures; ``length`` is that of its bar, from 0 to 1; ``effects`` are a moment's past tests."""

    name: str
    figures: OfferFigures
    measured: str
    length: float
    effects: MomentEffects | None = None


@dataclass(frozen=True)
class AnalyticsPage:
    """The figures of one store, as an address asks for them."""

    store: Store
    now: datetime
    period: Period
    by: str
    measure_key: str
    moment: str
    offer: Offer | None

    @classmethod
    def asked(cls, store: Store, query: Mapping[str, str], now: datetime) -> "AnalyticsPage":
        """Read an address; what it says wrongly counts as not asked for."""
        # As long as a key can be, and without NUL, which PostgreSQL can't compare with.
        own = Offer.objects.filter(store=store, key=query.get("offer", "").replace("\x00", "")[:64])
        return cls(
            store=store,
            now=now,
            period=period_of(query, store, now),
            by=choice(query, "by", GROUPINGS) or USUAL,
            measure_key=choice(query, "measure", MEASURES) or USUAL_MEASURE,
            moment=choice(query, "moment", Moment.values),
            offer=own.first(),
        )

    @property
    def grouping(self) -> Grouping:
        """What the figures are told apart by."""
        return GROUPINGS[self.by]

    @property
    def measure(self) -> Measure:
        """What the chart shows."""
        return MEASURES[self.measure_key]

    @property
    def limits(self) -> dict[str, Any]:
        """What narrows the figures down."""
        limits: dict[str, Any] = {}
        if self.moment:
            limits["variant__experiment__moment"] = self.moment
        if self.offer:
            limits["offer"] = self.offer
        return limits

    @cached_property
    def figures(self) -> dict[Any, OfferFigures]:
        """The figures by group; of a dimension the largest values, what is beyond, and what isn't recorded."""
        grouping, span = self.grouping, self.period.span
        found = figures_by(self.store, span, grouping.column, dimension=grouping.dimension, **self.limits)
        if not grouping.dimension:
            return found
        everybody = total(figures_by(self.store, span, "offer_id", **self.limits))
        return with_rest(found, everybody)

    @property
    def total(self) -> OfferFigures:
        """All groups together."""
        return total(self.figures)

    @cached_property
    def rows(self) -> list[AnalyticsRow]:
        """A row for each group: times in their order, others with the largest measure first."""
        names = self.grouping.name_of(self.store, list(self.figures))
        largest = max((abs(self.measure.value(found) or 0) for found in self.figures.values()), default=0)
        rows = []
        for value, found in sorted(self.figures.items(), key=self.rank):
            measured = self.measure.value(found) or 0
            length = 0.0
            if largest:
                length = max(0.0, measured / largest)
            text = self.measure.text(found, self.store.currency)
            rows.append(AnalyticsRow(names.get(value, str(value)), found, text, length, self.effects.get(value)))
        return rows

    def rank(self, group: tuple[Any, OfferFigures]) -> tuple[bool, float, str]:
        """Return the place of a group: the smallest comes first."""
        value, found = group
        if self.grouping.is_time:
            return (False, 0.0, value.isoformat())
        return (value in {NOT_RECORDED, OTHER}, -(self.measure.value(found) or 0), str(value))

    @cached_property
    def effects(self) -> dict[Any, MomentEffects]:
        """What past tests brought at each moment, beside what the playbook expects; only where moments are compared."""
        if self.by != "moment":
            return {}
        known = known_tests(self.store)
        return {moment: moment_effects(known, Moment(moment)) for moment in self.figures}

    @cached_property
    def counted_until(self) -> datetime | None:
        """Up to when views are counted."""
        return counted_until(self.store)

    @property
    def moments(self) -> list[tuple[str, str]]:
        """The moments to narrow the figures down to."""
        return [(moment.value, str(moment.label)) for moment in Moment]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """What figures can be told apart by: key, name, whether it is chosen."""
        return [(key, str(grouping.name), key == self.by) for key, grouping in GROUPINGS.items()]

    @property
    def measures(self) -> list[tuple[str, str, bool]]:
        """What the chart can show: key, name, whether it is chosen."""
        return [(key, str(measure.name), key == self.measure_key) for key, measure in MEASURES.items()]

    @property
    def query(self) -> str:
        """The address's query, for the file of the same figures."""
        asked = {
            "store": self.store.slug,
            "by": self.by,
            "period": self.period.key,
            "measure": self.measure_key,
            "moment": self.moment,
        }
        if self.offer:
            asked["offer"] = self.offer.key
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def csv(self) -> str:
        """Return the table as CSV: money in minor units, rates as fractions."""
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in self.rows:
            writer.writerow(self.cells(row))
        return file.getvalue()

    def cells(self, row: AnalyticsRow) -> Iterator[Any]:
        """Yield the cells of a line of the file."""
        span = self.period.span
        yield from (self.store.slug, span.first.isoformat(), span.last.isoformat(), self.by, guarded(row.name))
        for name in COLUMNS[HEAD:]:
            yield getattr(row.figures, name, self.store.currency)


HEAD = 5  # what each line begins with before the figures: store, two days, grouping, name
# The columns are what spreadsheets are built on: add at the end, never rename.
COLUMNS = (
    *("store", "first_day", "last_day", "by", "group"),
    *("currency", "shown", "taken", "in_cart", "bought", "declined"),
    *("revenue_minor", "refunded_minor", "net_minor", "profit_minor"),
    *("take_rate", "bought_rate", "net_per_view_minor", "decision_seconds", "view_seconds"),
)


def with_rest(found: Mapping[Any, OfferFigures], everybody: OfferFigures) -> dict[Any, OfferFigures]:
    """Return the most shown values of a dimension, the others added up, and what no value is recorded of."""
    result: dict[Any, OfferFigures] = {}
    ordered = sorted(found.items(), key=lambda item: (-item[1].shown, -item[1].taken, str(item[0])))
    for value, figures in ordered[:MOST_VALUES]:
        result[value] = figures
    beyond = ordered[MOST_VALUES:]
    if beyond:
        result[OTHER] = total(dict(beyond))
    rest = everybody - total(found)
    if rest != OfferFigures():
        result[NOT_RECORDED] = rest
    return result
