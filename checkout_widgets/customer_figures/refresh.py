"""Counts a store's customers again: every night, and when somebody asks for it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from checkout_widgets.customer_figures.by_variant import outcomes_of
from checkout_widgets.customer_figures.cohorts import breadths_of, cohorts_of
from checkout_widgets.customer_figures.document import Figures
from checkout_widgets.customer_figures.forecasting import cohort_forecasts, fit, lifetimes_of
from checkout_widgets.customer_figures.people import People
from checkout_widgets.customer_figures.reading import last_whole_day, number_of, read_purchase_days
from checkout_widgets.models import CustomerFigures
from experiments.models import Order, Store
from experiments.reading.replica import read_late


def refresh_figures(store: Store, now: datetime) -> Figures:
    """Count the store's customers in its own orders, in place of what was counted before."""
    figures = read_late(lambda: figures_of(store, now))
    CustomerFigures.objects.update_or_create(
        store=store, defaults={"counted_at": now, "figures": msgspec.to_builtins(figures)}
    )
    return figures


def figures_of(store: Store, now: datetime) -> Figures:
    """Return the figures of the store's customers up to its last whole day."""
    last_day = last_whole_day(store, now)
    number = number_of(last_day)
    people = People.of(read_purchase_days(store, last_day))
    models = fit(people, number)
    lifetimes = forecasts = None
    if models is not None:
        lifetimes, forecasts = lifetimes_of(people, models, number), cohort_forecasts(people, models, number)
    nameless = Order.objects.filter(store=store, customer_key="", currency=store.currency).standing().signed()
    return Figures(
        last_day=last_day,
        currency=store.currency,
        customers=people.size,
        repeat_customers=int((people.repeats > 0).sum()),
        orders_without_customer=nameless.count(),
        cohorts=cohorts_of(people, number, forecasts),
        breadths=breadths_of(people, number),
        lifetimes=lifetimes,
        outcomes=outcomes_of(store, now),
    )
