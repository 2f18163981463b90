"""Wrong ways of counting follow-ups, as others count them: tests without an effect that find one.

- ``recipients``: whoever got a message against whoever was held out, for whatever reason.
- ``re-entries``: a row for each send point instead of one for each customer. It errs some times as often as it should,
  which few stores show: so each store's arms are drawn again, which changes nothing of who has which send point.
- ``entry``: exposure when a journey begins: everybody who leaves it before the message dilutes its effect.

Caps that count messages are another case of the simulation (``cases.py``): they change who is reached.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations_with_replacement
from math import sqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from bench.journeys.readings import ALPHA
from bench.journeys.shops import WINDOW_DAYS, Floats
from bench.journeys.stores import customer_id_of, day_of
from bench.journeys.weeks import Weeks
from experiments.assignment.allocation import Split, WeightedVariant, assign_customer
from experiments.models import Experiment
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM
from experiments.statistics import Summary, compare_means, sample_ratio_mismatch
from journeys.models import COUNTED_VERDICTS, CustomerMessage, Run, SendPoint

REDRAWS = 200


@dataclass(frozen=True, kw_only=True)
class WrongReading:
    """What a wrong way says of a test: the lift that it shows, and whether it calls it real or the split broken."""

    estimate: float | None
    is_significant: bool
    is_split_alarming: bool = False


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """What a way of counting says of a store's send points if its arms are drawn again, so many ``tests``: how often it
    calls a difference real, and the split broken."""

    tests: int
    significant: int
    split: int


class Outcomes:
    """What a store's customers spent within the window after any moment, net of refunds."""

    def __init__(self, weeks: Weeks) -> None:
        self.days: dict[int, list[float]] = defaultdict(list)
        self.values: dict[int, list[float]] = defaultdict(lambda: [0.0])
        self.customer_of = {pk: number for number, pk in enumerate(weeks.simulated.contact_ids)}
        for order in weeks.customers.orders:
            value = 0
            if order.refunded_on is None:
                value = weeks.values.get(order.number, order.value_minor)
            self.days[order.customer].append(order.day)
            # Added up, so that any span is a difference of two.
            self.values[order.customer].append(self.values[order.customer][-1] + value)

    def after(self, contact_id: int, at: datetime) -> float:
        """Return what a contact spent after a time, and within the window."""
        customer, day = self.customer_of[contact_id], (at - day_of(0)).total_seconds() / 86_400
        days, values = self.days[customer], self.values[customer]
        return values[bisect_right(days, day + WINDOW_DAYS)] - values[bisect_right(days, day)]


def wrong_readings(weeks: Weeks) -> list[tuple[str, WrongReading]]:
    """Count a store's tests in the wrong ways, each of which is named."""
    outcomes = Outcomes(weeks)
    readings = []
    for name, experiment in weeks.simulated.mail_tests.items():
        readings.append((f"recipients {name}", by_recipients(experiment, outcomes)))
    readings.append(("entry", at_entry(weeks, outcomes)))
    return readings


def redrawn_readings(weeks: Weeks) -> dict[str, Redrawn]:
    """Count a store's tests with other draws of their arms: a row for each customer, and for each send point."""
    outcomes = Outcomes(weeks)
    experiment = weeks.simulated.tests["beside"]
    rows = counted_points(experiment)
    first = first_moments(rows)
    seed = crc32(experiment.salt.encode())
    return {
        "customers": redrawn(list(first.items()), outcomes, seed),
        "re-entries": redrawn(rows, outcomes, seed),
    }


def first_moments(rows: Iterable[tuple[int, datetime]]) -> dict[int, datetime]:
    """Return each contact's first moment, of rows in order of time."""
    first: dict[int, datetime] = {}
    for contact_id, at in rows:
        first.setdefault(contact_id, at)
    return first


def counted_points(experiment: Experiment) -> list[tuple[int, datetime]]:
    """List the send points of a step's test, the earliest first: the contact's row ID, and when."""
    points = SendPoint.objects.filter(
        step__experiment=experiment, verdict__in=COUNTED_VERDICTS, variant__isnull=False
    ).order_by("at", "pk")
    return list(points.values_list("contact", "at"))


def redrawn(rows: Sequence[tuple[int, datetime]], outcomes: Outcomes, seed: int) -> Redrawn:
    """Draw the arms of the contacts again, and test each time whether the rows' means and numbers differ.

    ``rows``: a contact's row ID and when its outcome begins. The test is Welch's, which is normal at these numbers.
    """
    values = np.array([outcomes.after(contact_id, at) for contact_id, at in rows])
    # The draws are of contacts, of whom one may have several rows: all rows of a contact are in the same arm.
    contacts, contact_of_row = np.unique([contact_id for contact_id, _ in rows], return_inverse=True)
    is_contact_treated = np.random.default_rng(seed).random((REDRAWS, len(contacts))) < 0.5
    is_row_treated = is_contact_treated[:, contact_of_row]
    treated, control = arm_sums(is_row_treated, values), arm_sums(~is_row_treated, values)
    difference_z = (treated.mean - control.mean) / np.sqrt(treated.error + control.error)
    split_z = (treated.number - control.number) / sqrt(len(rows))
    return Redrawn(
        tests=REDRAWS,
        significant=number_beyond(difference_z, ALPHA),
        split=number_beyond(split_z, SAMPLE_RATIO_ALARM),
    )


def number_beyond(z: Floats, alpha: float) -> int:
    """Count the draws whose normal statistic is significant at ``alpha``, on both sides."""
    return int(np.sum(np.abs(z) > norm.isf(alpha / 2)))


class DrawnArms(NamedTuple):
    """By draw, an arm's number of rows, their mean, and its squared standard error."""

    number: Floats
    mean: Floats
    error: Floats


def arm_sums(is_in: npt.NDArray[np.bool_], values: Floats) -> DrawnArms:
    """Sum an arm up, by draw."""
    number = is_in.sum(axis=1).astype(np.float64)
    mean = is_in @ values / number
    variance = is_in @ values**2 / number - mean**2
    return DrawnArms(number, mean, variance / (number - 1))


def by_recipients(experiment: Experiment, outcomes: Outcomes) -> WrongReading:
    """Compare whoever got a step's message with everybody else who came to it."""
    step = experiment.steps.get()
    sent = set(CustomerMessage.objects.filter(send_point__step=step).values_list("contact", flat=True))
    first = first_moments(SendPoint.objects.filter(step=step).order_by("at").values_list("contact", "at"))
    arms: dict[bool, list[float]] = {False: [], True: []}
    for contact_id, at in first.items():
        arms[contact_id in sent].append(outcomes.after(contact_id, at))
    # Nobody planned how many there would be of either.
    return replace(compared(arms[False], arms[True]), is_split_alarming=False)


def at_entry(weeks: Weeks, outcomes: Outcomes) -> WrongReading:
    """Compare everybody who began the first journey, from that moment on."""
    experiment = weeks.simulated.tests["first"]
    split = Split([WeightedVariant(variant.key, variant.weight) for variant in experiment.variants.all()])
    runs = Run.objects.filter(journey=weeks.simulated.journeys[0], triggered_at__lt=day_of(weeks.shop.days))
    first = first_moments(runs.order_by("triggered_at").values_list("contact", "triggered_at"))
    arms: dict[str, list[float]] = {"control": [], "treatment": []}
    for contact_id, at in first.items():
        key = f"i_{customer_id_of(outcomes.customer_of[contact_id])}"
        arms[assign_customer(experiment.salt, key, 1.0, split)].append(outcomes.after(contact_id, at))
    return compared(arms["control"], arms["treatment"])


def compared(control: Iterable[float], treatment: Iterable[float]) -> WrongReading:
    """Compare two groups by the report's own test, and their sizes with halves."""
    groups = [np.asarray(list(group), dtype=np.float64) for group in (control, treatment)]
    found = compare_means(summary_of(groups[0]), summary_of(groups[1]), "revenue")
    split = sample_ratio_mismatch([len(group) for group in groups], [1, 1])
    estimate = None
    if found.lift is not None:
        estimate = found.lift.estimate
    return WrongReading(
        estimate=estimate,
        is_significant=found.p_value is not None and found.p_value < ALPHA,
        is_split_alarming=split.p_value is not None and split.p_value < SAMPLE_RATIO_ALARM,
    )


def summary_of(values: Floats) -> Summary:
    """Sum a group up."""
    names = ("converted", "revenue")
    columns = {"converted": (values > 0).astype(np.float64), "revenue": values}
    sums = {name: round(float(columns[name].sum())) for name in names}
    cross, third = {}, {}
    for pair in combinations_with_replacement(names, 2):
        cross[pair] = round(float((columns[pair[0]] * columns[pair[1]]).sum()))
    for one, two, three in combinations_with_replacement(names, 3):
        third[one, two, three] = round(float((columns[one] * columns[two] * columns[three]).sum()))
    return Summary.from_sums(len(values), sums, cross, third, buyers=sums["converted"])
