"""Spans of days to choose from, on a store's calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from checkout_widgets.offer_days.figures import CalendarSpan, first_day
from experiments.models import Store

PERIODS: dict[str, tuple[Promise, int | None]] = {
    "7": (gettext_lazy("Last 7 days"), 7),
    "28": (gettext_lazy("Last 28 days"), 28),
    "90": (gettext_lazy("Last 90 days"), 90),
    "365": (gettext_lazy("Last 365 days"), 365),
    "all": (gettext_lazy("All time"), None),
}
USUAL = "28"  # whole weeks: a month would have some weekdays more often than others


@dataclass(frozen=True)
class Period:
    """A chosen period: its key in the address, its name, and its days; the last is today."""

    key: str
    name: str
    span: CalendarSpan

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.span.last - self.span.first).days + 1

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The periods to choose from: key and name."""
        return [(key, str(name)) for key, (name, _) in PERIODS.items()]

    @property
    def before(self) -> CalendarSpan:
        """As many days just before it."""
        last = self.span.first - timedelta(days=1)
        return CalendarSpan(last - timedelta(days=self.days - 1), last)


def period_of(query: Mapping[str, str], store: Store, now: datetime) -> Period:
    """Return the period that an address names, else the usual one."""
    key = query.get("period", "")
    if key not in PERIODS:
        key = USUAL
    name, days = PERIODS[key]
    today = store.day_of(now)
    return Period(key, str(name), CalendarSpan(begin_of(days, store, today), today))


def begin_of(days: int | None, store: Store, today: date) -> date:
    """Return the first of so many days, of all where it is None."""
    if days is None:
        return first_day(store) or today
    return today - timedelta(days=days - 1)
