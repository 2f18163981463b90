"""Visitors who arrive in a test day by day, and what they buy."""

from datetime import timedelta

import numpy as np

from experiments.models import Experiment
from tests.experiments.copying import copy_exposures
from tests.factories import NOON


def arrive(experiment: Experiment, day: int, visitors: int, *, lift: float = 0.0, buyers: float = 0.5) -> None:
    """A day's visitors of every variant; treatments' orders are larger by ``lift``."""
    rng = np.random.default_rng([7, day])
    rows = []
    for variant in experiment.variants.all():
        factor = 1.0 if variant.is_control else 1.0 + lift
        for number in range(visitors):
            has_bought = bool(rng.random() < buyers)
            revenue = round(float(rng.lognormal(8, 0.3)) * factor) if has_bought else 0
            rows.append(
                {
                    "experiment_id": experiment.pk,
                    "store_id": experiment.store_id,
                    "variant_id": variant.pk,
                    "visitor_id": f"{variant.key}-{day}-{number}",
                    "exposed_at": NOON + timedelta(days=day, minutes=number),
                    "orders": int(has_bought),
                    "has_converted": has_bought,
                    "revenue_minor": revenue,
                }
            )
    copy_exposures(rows)
