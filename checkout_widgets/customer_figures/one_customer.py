"""What the store's models say of one customer: read from their orders when somebody looks, and kept nowhere."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec
import numpy as np

from checkout_widgets.customer_figures.document import Figures
from checkout_widgets.customer_figures.forecasting import YEAR
from checkout_widgets.customer_figures.people import People
from checkout_widgets.customer_figures.reading import number_of, read_purchase_days
from checkout_widgets.models import CustomerFigures
from experiments.models import Store
from experiments.statistics.lifetime.purchasing import chance_alive, chance_to_order


class CustomerOutlook(NamedTuple):
    """How likely one customer still is one, and orders within 365 days, as of the day of the store's figures.

    ``chance_alive`` is None of who has ordered once: the model can't say that they have left. It is None, too, while
    the store's orders don't go back far enough for an earlier forecast to be checked.
    """

    as_of: date
    days_with_orders: int
    chance_alive: float | None
    chance_to_order: float


def outlook_of(store: Store, customer_key: str) -> CustomerOutlook | None:
    """Return what is to be expected of a customer; None without orders, and while the store has no forecast."""
    stored = CustomerFigures.objects.filter(store=store).first()
    if stored is None or not customer_key:
        return None
    figures = msgspec.convert(stored.figures, Figures)
    if figures.lifetimes is None:
        return None
    people = People.of(read_purchase_days(store, figures.last_day, customer_key=customer_key))
    if not people.size:
        return None
    histories = people.grouped(number_of(figures.last_day)).histories
    parameters = np.array(figures.lifetimes.purchasing)
    alive = None
    if people.repeats[0] and figures.lifetimes.check is not None:
        alive = float(chance_alive(parameters, histories)[0])
    chance = float(chance_to_order(parameters, histories, YEAR)[0])
    return CustomerOutlook(figures.last_day, int(people.repeats[0]) + 1, alive, chance)
