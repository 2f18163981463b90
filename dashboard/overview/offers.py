"""What the overview says of offers: what they sold lately beside the whole store, by week, and which need somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from django.core.cache import cache
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkout_widgets.offer_days.figures import CalendarSpan, OfferFigures, figures_by, total
from checkout_widgets.offer_needs import OfferNeed, offer_needs
from dashboard.drawings.stacked_bars import BarValues, StackedBar, stacked_bars
from dashboard.overview.alerts import Alert
from experiments import formatting
from experiments.models import Store
from experiments.reading.offer_views import day_span
from experiments.reading.replica import read_late
from experiments.reading.store_revenue import goods_revenue

MONTH = 28  # whole weeks, so that it can be compared with the one before
WEEKS = 8
# A store's revenue is read from all of its orders: once in ten minutes is enough for a share of it.
KEPT_SECONDS = 600


@dataclass(frozen=True)
class OffersInBrief:
    """A store's offers in the four weeks up to yesterday, beside the four before."""

    store: Store
    now: datetime

    @property
    def recent(self) -> CalendarSpan:
        """The last four weeks."""
        last = self.store.day_of(self.now) - timedelta(days=1)
        return CalendarSpan(last - timedelta(days=MONTH - 1), last)

    @cached_property
    def by_day(self) -> dict[date, OfferFigures]:
        """What became of all offers on each day of the last nine weeks: all figures of the page come from it."""
        today = self.store.day_of(self.now)
        return figures_by(self.store, CalendarSpan(today - timedelta(weeks=WEEKS + 1), today), "day")

    def sum_of(self, span: CalendarSpan) -> OfferFigures:
        """Add up the figures of some of these days."""
        return total({day: found for day, found in self.by_day.items() if span.first <= day <= span.last})

    @cached_property
    def figures(self) -> OfferFigures:
        """What became of all offers in the four weeks."""
        return self.sum_of(self.recent)

    @cached_property
    def before(self) -> OfferFigures:
        """And in the four weeks before."""
        last = self.recent.first - timedelta(days=1)
        return self.sum_of(CalendarSpan(last - timedelta(days=MONTH - 1), last))

    @property
    def yesterday(self) -> OfferFigures:
        """And yesterday."""
        return self.by_day.get(self.recent.last, OfferFigures())

    @property
    def usual_day(self) -> float:
        """What a day of the four weeks brought on average, after refunds."""
        return self.figures.net_minor / MONTH

    @cached_property
    def store_revenue(self) -> int:
        """What all goods of the store came to in the four weeks."""
        key = f"goods-revenue:{self.store.pk}:{self.recent.last}"
        # Kept, as it reads all orders of four weeks, of which the last day is over.
        kept: int | None = cache.get(key)
        if kept is None:
            since, _end = day_span(self.store, self.recent.first)
            _begin, until = day_span(self.store, self.recent.last)
            kept = read_late(partial(goods_revenue, self.store, since, until))
            cache.set(key, kept, KEPT_SECONDS)
        return kept

    @property
    def share(self) -> float | None:
        """Which part of that was bought by accepting an offer; None of nothing."""
        if self.store_revenue <= 0:
            return None
        return self.figures.revenue_minor / self.store_revenue

    @property
    def revenue_change(self) -> float | None:
        """How much more the offers brought than in the four weeks before, as a fraction; None beside nothing."""
        if self.before.net_minor <= 0:
            return None
        return self.figures.net_minor / self.before.net_minor - 1

    @cached_property
    def weeks(self) -> list[StackedBar]:
        """A bar for the revenue of each of the last weeks, this one included."""
        this = monday(self.store.day_of(self.now))
        bars = []
        for number in range(WEEKS - 1, -1, -1):
            week = this - timedelta(weeks=number)
            bars.append(self.bar_of(week, self.sum_of(CalendarSpan(week, week + timedelta(days=6)))))
        return stacked_bars(bars)

    def bar_of(self, week: date, figures: OfferFigures) -> BarValues:
        """Return a week as a bar."""
        words = {
            "day": date_format(week, "MONTH_DAY_FORMAT"),
            "revenue": formatting.money(figures.net_minor, self.store.currency),
            "rate": formatting.percent(figures.take_rate),
        }
        text = _("Week of %(day)s: %(revenue)s, accepted %(rate)s of shown") % words
        return BarValues(formatting.short_day(week), text, {"accent": max(0, figures.net_minor)})

    @cached_property
    def needs(self) -> list[Alert]:
        """The offers that need somebody."""
        return list(alerts_of_offers(self.store, offer_needs(self.store, self.now)))


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def alerts_of_offers(store: Store, needs: list[OfferNeed]) -> Iterator[Alert]:
    """Say what is the matter with each offer, and what to do."""
    for need in needs:
        url = reverse("dashboard:offer", args=[store.slug, need.offer.key])
        words = {"offer": need.offer.name}
        if need.why == "out_of_stock":
            text = _("“%(offer)s” is out of stock, so tests and rolled-out offers with it show nothing.")
            yield Alert("bad", text % words, _("Change the stock"), url)
        elif need.why == "fallen":
            text = _(
                "“%(offer)s” sells less: it was bought %(after)s of the times it was shown, down from %(before)s in "
                "the four weeks before."
            )
            words |= {"after": formatting.percent(need.after), "before": formatting.percent(need.before)}
            yield Alert("warn", text % words, _("View the days"), url)
        else:
            text = _("“%(offer)s” has been shown unchanged for %(days)s days. Test something new against it.")
            yield Alert("warn", text % (words | {"days": need.days}), _("View the offer"), url)
