"""Estimates once a day how long orders and refunds take in each running test: looks and reports go by it until the
next.

Kept with the test, so that all readings of a day agree on which visitors count, and a report asks for no more than it
did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import numpy as np

from experiments.models import Experiment, Source, Store
from experiments.plan.maturity import AGES, DAY, DelaySums, delay_figures, step_of, steps_within
from experiments.reading.delays import DelayedAmount, delayed_amounts
from experiments.running.once_a_day import is_due, work_by_store
from experiments.statistics.delays import Cohorts

HISTORY = timedelta(days=120)  # a store's delays change with its customers and its shipping; a season tells enough
Amount = Literal["orders", "value", "refunded"]


def estimate_due(now: datetime) -> int:
    """Estimate the delays of the running tests whose estimate is a day old, and return of how many.

    A store whose orders can't be read is logged, and costs no other its estimates.
    """

    def work(store: Store, experiments: Sequence[Experiment]) -> None:
        estimate(store, experiments, now)

    running = Experiment.objects.running().filter(source=Source.LIVE).select_related("store").order_by("pk")
    due = [experiment for experiment in running if is_due(experiment.delays.get("estimated_at"), now)]
    return work_by_store(due, work, fault="The delays of %s can't be estimated")


def estimate(store: Store, experiments: Sequence[Experiment], now: datetime) -> None:
    """Estimate the delays of some tests of a store, and keep them with each."""
    amounts = delayed_amounts(store, since=now - HISTORY, now=now)
    tests = Experiment.objects.filter(store=store).in_bulk()
    for experiment in experiments:
        of_moment = [amount for amount in amounts if tests[amount.experiment_id].moment == experiment.moment]
        known = KnownDelays(experiment=experiment, amounts=of_moment, tests=tests, now=now)
        figures = delay_figures(known.sums(), experiment.attribution_window_days * DAY)
        figures["estimated_at"] = now.isoformat()
        # not saved whole: somebody may have changed the test since it was read
        Experiment.objects.filter(pk=experiment.pk).update(delays=figures)
        experiment.delays = figures


@dataclass(frozen=True, kw_only=True)
class KnownDelays:
    """What a test's delays are estimated from: ``amounts`` of its store's tests at its moment; ``tests``: by their
    ids."""

    experiment: Experiment
    amounts: Sequence[DelayedAmount]
    tests: Mapping[int, Experiment]
    now: datetime

    def sums(self) -> DelaySums:
        """Put the amounts in order: by cohort and step of age."""
        # An order counts within the test's window alone, a refund however late it comes.
        steps, refund_steps = steps_within(self.experiment.attribution_window_days * DAY), len(AGES)
        arm_values, arm_orders = {}, {}
        for variant, of_arm in self.amounts_by_arm().items():
            arm_values[variant] = self.cohorts(of_arm, "value", steps)
            arm_orders[variant] = self.cohorts(of_arm, "orders", steps)
        values_by_cohort = self.by_cohort(self.amounts)
        return DelaySums(
            store_values=self.cohorts(self.amounts, "value", steps),
            store_orders=self.cohorts(self.amounts, "orders", steps),
            arm_values=arm_values,
            arm_orders=arm_orders,
            refunds=self.cohorts(self.amounts, "refunded", refund_steps),
            values=np.array(list(values_by_cohort.values()), dtype=np.float64),
            number_of_refunds=sum(amount.refunds for amount in self.amounts),
        )

    def amounts_by_arm(self) -> dict[str, list[DelayedAmount]]:
        """Return the amounts of the test itself by its variants, in the order of their keys."""
        by_arm: dict[str, list[DelayedAmount]] = {}
        for amount in self.amounts:
            if amount.experiment_id == self.experiment.pk:
                by_arm.setdefault(amount.variant, []).append(amount)
        return dict(sorted(by_arm.items()))

    def by_cohort(self, amounts: Sequence[DelayedAmount]) -> dict[tuple[Any, ...], int]:
        """Return the order value of each cohort: a test's variant on a day."""
        found: dict[tuple[Any, ...], int] = {}
        for amount in amounts:
            cohort = (amount.experiment_id, amount.variant, amount.day)
            found[cohort] = found.get(cohort, 0) + amount.value
        return found

    def cohorts(self, amounts: Sequence[DelayedAmount], column: Amount, steps: int) -> Cohorts:
        """Return one column of the amounts by cohort and step of age, of so many steps."""
        rows = {cohort: row for row, cohort in enumerate(self.by_cohort(amounts))}
        by_step = np.zeros((len(rows), steps))
        for amount in amounts:
            step = step_of(amount.age)
            if step < steps:
                row = rows[amount.experiment_id, amount.variant, amount.day]
                by_step[row, step] += getattr(amount, column)
        observed = np.zeros(len(rows), dtype=np.int64)
        for (experiment_id, _, day), row in rows.items():
            test = self.tests[experiment_id]
            observed[row] = min(self.steps_passed(test, day), steps)
            # An order after its own test's window isn't counted, so that nothing is known of those ages.
            if column != "refunded":
                observed[row] = min(observed[row], steps_within(test.attribution_window_days * DAY))
        return Cohorts(by_step, observed)

    def steps_passed(self, test: Experiment, day: date) -> int:
        """Return how many steps of age all visitors of a test's day have passed."""
        # the day's last visitor came at its end, and is the youngest
        age = (self.now - test.end_of_day(day)).total_seconds() / 3600
        return steps_within(int(max(age, 0)))
