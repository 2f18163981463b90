"""Learns once a day, from each store's past tests, how large effects usually are: estimates are corrected by it.

Kept with the test, so that all readings of a day agree, and a report asks for no more than it did.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db.models import Q

from experiments.models import Experiment, Source, Status, Store
from experiments.models.experiment_choices import OVER
from experiments.plan.learnt_prior import prior_figures
from experiments.reading.past_effects import LiftsOfTest, past_tests
from experiments.report import Range
from experiments.running.once_a_day import is_due, work_by_store
from experiments.statistics import Interval
from experiments.statistics.priors.learning import prior_from, support
from experiments.statistics.priors.likelihood import EffectLikelihood, Floats
from experiments.statistics.priors.scale_mixture import EffectPrior


def learn_due(now: datetime) -> int:
    """Learn the priors of the tests whose own is a day old, and return of how many.

    A running test learns every day; one that is over keeps what it had at its end, or learns once if it never did. A
    store whose reports can't be read is logged, and costs no other its priors.
    """

    def work(store: Store, experiments: Sequence[Experiment]) -> None:
        learn(store, experiments, now)

    return work_by_store(due_experiments(now), work, fault="The prior of %s can't be learnt")


def due_experiments(now: datetime) -> list[Experiment]:
    """Return the tests that run or wait, and those that are over and never learnt; but for what learnt today."""
    is_open = Q(status__in=(Status.RUNNING, Status.PAUSED, Status.SCHEDULED))
    never_learnt = Q(status__in=OVER, learnt_prior={})
    live = Experiment.objects.filter(is_open | never_learnt, source=Source.LIVE).select_related("store").order_by("pk")
    return [experiment for experiment in live if is_due(experiment.learnt_prior.get("learnt_at"), now)]


def learn(store: Store, experiments: Sequence[Experiment], now: datetime) -> None:
    """Learn the priors of some tests of a store, and keep them with each."""
    found = supports_by_metric(past_tests(store))
    for experiment in experiments:
        figures = prior_figures(priors_without(found, experiment.pk), now)
        # not saved whole: somebody may have changed the test since it was read
        Experiment.objects.filter(pk=experiment.pk).update(learnt_prior=figures)
        experiment.learnt_prior = figures


def supports_by_metric(past: Iterable[LiftsOfTest]) -> dict[str, dict[int, Floats]]:
    """Return by metric and test what its treatments' effects say of the prior's shapes."""
    found: dict[str, dict[int, Floats]] = {}
    for test in past:
        for metric, lifts in test.lifts.items():
            supports = supports_of(lifts, test.alpha)
            if supports:
                found.setdefault(metric, {})[test.experiment_id] = np.sum(supports, axis=0)
    return found


def supports_of(lifts: Iterable[Range], alpha: float) -> list[Floats]:
    """Return what each effect says of the prior's shapes, without those that nothing is known of."""
    supports = []
    for lift in lifts:
        known = EffectLikelihood.of_interval(Interval(lift.estimate, lift.low, lift.high), alpha=alpha)
        if known is not None:
            supports.append(support(known))
    return supports


def priors_without(found: Mapping[str, Mapping[int, Floats]], experiment_id: int) -> dict[str, EffectPrior]:
    """Return the priors by metric that all tests but one lead to: a test says nothing of itself beforehand."""
    priors = {}
    for metric, of_metric in found.items():
        others = [of_test for test, of_test in of_metric.items() if test != experiment_id]
        if others:
            priors[metric] = prior_from(np.sum(others, axis=0), past_tests=len(others))
    return priors
