"""Tests that were launched with a store's own metrics, and visitors who buy their products."""

from typing import Any

import numpy as np

from experiments.models import ChosenMetric, CountedValue, CustomMetric, CustomOutcome, Experiment, Exposure
from tests import factories
from tests.experiments.arrivals import arrive
from tests.factories import NOON


def has_metric(experiment: Experiment, *skus: str, counted: str = CountedValue.REVENUE, name: str = "") -> ChosenMetric:
    """The test was launched with a metric of these products."""
    number = CustomMetric.objects.count()
    metric = CustomMetric.objects.create(
        store=experiment.store,
        key=f"metric-{number}",
        name=name or f"Metric {number}",
        counted=counted,
        skus=list(skus),
    )
    return ChosenMetric.objects.create(
        experiment=experiment, metric=metric, name=metric.name, counted=counted, skus=list(skus), fixed_at=NOON
    )


def all_revenue_is_of(chosen: ChosenMetric) -> None:
    """Everything that the test's visitors bought is of the metric's products, two units an order."""
    rows = [
        CustomOutcome(
            chosen=chosen,
            visitor_id=exposure.visitor_id,
            orders=exposure.orders,
            units=2 * exposure.orders,
            revenue_minor=exposure.revenue_minor,
            refunded_minor=exposure.refunded_minor,
        )
        for exposure in Exposure.objects.for_experiment(chosen.experiment).filter(orders__gt=0)
    ]
    CustomOutcome.objects.bulk_create(rows)


def displacing_test(**fields: Any) -> tuple[Experiment, ChosenMetric]:
    """A test whose offer sells 20% more, and of one product a third less."""
    experiment = factories.make_experiment(attribution_window_days=1, **fields)
    for day in range(10):
        arrive(experiment, day, 300, lift=0.2)
    chosen = has_metric(experiment, "pot", name="Revenue from pots")
    rng = np.random.default_rng(5)
    rows = []
    for exposure in Exposure.objects.for_experiment(experiment).filter(orders__gt=0).select_related("variant"):
        share = 0.6 if exposure.variant.is_control else 0.4
        if rng.random() < share:
            rows.append(
                CustomOutcome(
                    chosen=chosen,
                    visitor_id=exposure.visitor_id,
                    orders=1,
                    units=1,
                    revenue_minor=min(1_000, exposure.revenue_minor),
                    refunded_minor=0,
                )
            )
    CustomOutcome.objects.bulk_create(rows)
    return experiment, chosen
