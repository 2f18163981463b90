"""A report that is adjusted by more than the cart's value, and the same without."""

from datetime import timedelta

import numpy as np
import pytest

from experiments.accounting import rollups
from experiments.models import Experiment, Exposure, PlanVersion
from experiments.report import Range
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

VISITORS, DAYS = 260, 10
LATER = NOON + timedelta(days=30)
DELAYS = {"hours": 24, "orders": 500, "refund_shares": [1.0] * 83, "refund_rate": 0.0, "is_refund_known": True}


def fill(experiment: Experiment, key: str, random: np.random.Generator) -> None:
    """Visitors over ten days; those who returned, and those at a desk, buy more often."""
    rows = []
    for number in range(VISITORS):
        has_returned, is_on_phone = random.random() < 0.5, random.random() < 0.5
        buys = random.random() < 0.15 + 0.5 * has_returned - 0.1 * is_on_phone
        revenue = 3_000 + int(random.integers(0, 2_000))
        rows.append(
            Exposure(
                experiment=experiment,
                variant=experiment.variants.get(key=key),
                store_id=experiment.store_id,
                visitor_id=f"v_{key}_{number}",
                exposed_at=NOON + timedelta(days=number % DAYS),
                device="phone" if is_on_phone else "desktop",
                customer_type="returning" if has_returned else "new",
                orders=int(buys),
                items=int(buys),
                has_converted=buys,
                revenue_minor=revenue * int(buys),
            )
        )
    Exposure.objects.bulk_create(rows)


@pytest.fixture
def experiment() -> Experiment:
    found = factories.make_experiment(
        plan_version=PlanVersion.SHARED,
        planned_sample=1_000,
        delays=DELAYS,
        covariates=["device", "customer_type"],
        cap_minor=4_500,
    )
    random = np.random.default_rng(4)
    for variant in ("control", "treatment"):
        fill(found, variant, random)
    return found


def width(interval: Range | None) -> float:
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    return interval.high - interval.low


def test_report_is_adjusted_by_the_covariates_that_were_chosen(experiment):
    report = analyse(experiment, now=LATER)
    assert report.adjustment.is_used
    assert report.adjustment.covariates == ["device", "customer_type"]
    assert report.adjustment.variance_reduction is not None
    assert report.adjustment.variance_reduction > 0.1
    for metric in ("rpv", "conversion", "orders_per_visitor"):
        result = report.metric(metric, "treatment")
        assert result.is_adjusted, metric
        assert [step.code for step in result.steps][-2:] == ["adjusted", "corrected"]
        assert result.without_cuped is not None
        assert width(result.main.lift) < width(result.without_cuped.lift)
    rpv, orders, value = (report.metric(name, "treatment").shown for name in ("rpv", "orders_per_visitor", "aov"))
    assert rpv.treatment == pytest.approx((orders.treatment or 0.0) * (value.treatment or 0.0))
    point, main = report.series.points[-1], report.metric("rpv", "treatment").main
    assert point.lift is not None
    assert main.lift is not None
    assert point.lift.estimate == pytest.approx(main.lift.estimate)


def test_report_is_the_same_from_kept_sums(experiment):
    touched = analyse(experiment, now=LATER)
    rollups.refresh_touched()
    kept = analyse(experiment, now=LATER)
    assert (kept.metrics, kept.series, kept.verdict) == (touched.metrics, touched.series, touched.verdict)


def test_report_without_the_adjustment_is_that_of_a_test_without_covariates(experiment):
    plain = analyse(experiment, with_cuped=False, now=LATER)
    assert plain.adjustment.unavailable == "turned_off"
    Experiment.objects.filter(pk=experiment.pk).update(covariates=[])
    experiment.refresh_from_db()
    assert analyse(experiment, now=LATER).metrics == plain.metrics
