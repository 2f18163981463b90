"""From how many customers on a holdout of all messages can answer anything."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from experiments.models import Store
from experiments.reading.customers_after_order import CustomersAfterOrder, customers_after_order
from experiments.statistics import PlanSettings, sample_size_for_mean

SHARE = 0.1  # what stores usually hold out
# The largest that messages bring as a rule: a holdout that can't see this sees nothing.
LIFT = 0.25
# Below, the spread of what customers order is a guess.
FEWEST_BUYERS = 30
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutSize:
    """What a holdout of customers needs: ``customers`` in both arms together, to find a lift of revenue per customer
    with 80% power, beside ``even_customers`` of a test with half of them in control. ``weeks`` at the store's traffic;
    None where that isn't known."""

    share: float
    lift: float
    customers: int
    even_customers: int
    weeks: int | None


def store_holdout_size(store: Store, now: datetime) -> HoldoutSize | None:
    """Return what a holdout of the store's messages needs, by what its customers order in the 30 days after an order;
    None while too few have ordered again."""
    return size_by(customers_after_order(store, now=now))


def size_by(known: CustomersAfterOrder) -> HoldoutSize | None:
    """Return what it needs by what customers ordered; None where too little is known."""
    if known.buyers < FEWEST_BUYERS or known.mean <= 0 or known.sd <= 0:
        return None
    return holdout_size(known.mean, known.sd, per_day=known.per_day)


def holdout_size(
    mean: float, sd: float, *, per_day: float | None, share: float = SHARE, lift: float = LIFT
) -> HoldoutSize:
    """Return what a holdout of this share needs, by revenue per customer and its standard deviation."""
    customers = customers_needed(mean, sd, lift, held_out=share)
    weeks = None
    if per_day:
        weeks = ceil(customers / per_day / DAYS_A_WEEK)
    even = customers_needed(mean, sd, lift, held_out=0.5)
    return HoldoutSize(share=share, lift=lift, customers=customers, even_customers=even, weeks=weeks)


def customers_needed(mean: float, sd: float, lift: float, *, held_out: float) -> int:
    """Return the customers of both arms that find the lift, where this share of them gets nothing. Read once."""
    settings = PlanSettings(ratio=(1 - held_out) / held_out)
    return sample_size_for_mean(mean, sd, lift, settings, is_t=False).total()
