"""Figures of a span of days, from kept days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from checkout_widgets.offer_days import figures, refresh
from checkout_widgets.offer_days.figures import CalendarSpan, OfferFigures, figures_by
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, report, take

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
DAY = NOON.date()


def test_figures_of_nothing_have_no_rates():
    nothing = OfferFigures()
    assert (nothing.take_rate, nothing.bought_rate, nothing.net_per_view_minor, nothing.decision_seconds) == (None,) * 4
    assert (nothing.net_minor, nothing.profit_minor) == (0, 0)


def test_figures_profit_is_what_remains_after_refunds_and_cost():
    sold = OfferFigures(shown=8, taken=4, bought=2, revenue_minor=2000, refunded_minor=500, cost_minor=600)
    assert (sold.net_minor, sold.profit_minor, sold.take_rate, sold.bought_rate) == (1500, 900, 0.5, 0.25)
    assert sold.net_per_view_minor == 187.5


def test_figures_profit_is_unknown_as_soon_as_one_cost_is():
    assert OfferFigures(revenue_minor=2000, unknown_costs=1).profit_minor is None


def test_figures_add_up():
    both = OfferFigures(shown=1, decision_ms=3000, decided=1) + OfferFigures(shown=2, decision_ms=5000, decided=1)
    assert (both.shown, both.decision_seconds) == (3, 4.0)
    assert figures.total({"a": both, "b": both}).shown == 6


@pytest.mark.django_db
def test_figures_by_group_are_of_the_span_and_the_store_alone(django_assert_num_queries):
    experiment = factories.make_live_experiment(key="cart")
    store, variant = experiment.store, experiment.variants.get(key="treatment")
    for at in (NOON, NOON - timedelta(days=5)):
        report(variant, "impression", at)
        buy(take(variant.widget.offer, variant, at))
    stranger = factories.make_live_experiment(key="cart").variants.get(key="treatment")
    report(stranger, "impression", NOON)
    refresh.refresh_all(datetime.now(UTC))
    with django_assert_num_queries(2):
        by_moment = figures_by(store, CalendarSpan(DAY, DAY), "variant__experiment__moment")
    assert by_moment == {"cart": OfferFigures(shown=1, taken=1, bought=1, revenue_minor=990, unknown_costs=1)}
    by_device = figures_by(store, CalendarSpan(date.min, DAY), "value", dimension="device")
    assert (by_device["phone"].shown, by_device["phone"].bought) == (2, 2)
    assert figures.first_day(store) == DAY - timedelta(days=5)
