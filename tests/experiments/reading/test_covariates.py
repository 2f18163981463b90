"""Sums of covariates equal those of the exposures themselves, kept or not, capped or not."""

from datetime import timedelta
from math import cos, pi, sin, sqrt

import numpy as np
import pytest

from experiments.accounting import rollups
from experiments.models import Covariate, CovariateDay, Experiment, Exposure
from experiments.reading import aggregation, covariates
from experiments.reading.covariates import covariate_sums, features_of, total_covariates
from experiments.statistics.regression import CovariateMoments
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
CAP, VISITORS = 6_000, 24


@pytest.fixture
def experiment() -> Experiment:
    """A test of two days whose visitors differ in everything that may adjust it."""
    found = factories.make_experiment(covariates=Covariate.values)
    random = np.random.default_rng(5)
    for number in range(VISITORS):
        is_known = number % 4 != 3
        revenue = int(random.integers(0, 2)) * int(random.integers(1_000, 20_000))
        factories.make_exposure(
            found.variants.get(key="treatment" if number % 2 else "control"),
            exposed_at=NOON + timedelta(hours=int(random.integers(0, 36))),
            cart_value_minor=int(random.integers(0, 10_000)) if is_known else None,
            cart_items=int(random.integers(0, 40)) if is_known else None,
            past_orders=int(random.integers(0, 3)) if number % 3 else None,
            device=str(random.choice(["phone", "desktop", ""])),
            customer_type=str(random.choice(["new", "returning"])),
            orders=int(revenue > 0),
            items=2 * int(revenue > 0),
            revenue_minor=revenue,
            has_converted=revenue > 0,
            has_accepted=number % 5 == 0 and revenue > 0,
            margin_minor=revenue // 3,
        )
    return found


def features(exposure: Exposure, cap: int | None) -> list[float]:
    """What is known of a visitor before the offer, in the order of ``FEATURES``."""
    cart = exposure.cart_value_minor or 0
    if cap is not None:
        cart = min(cart, cap)
    angle = 2 * pi * exposure.exposed_at.hour / 24
    return [
        round(sqrt(cart)),
        exposure.cart_value_minor is None,
        min(exposure.cart_items or 0, 20),
        exposure.cart_items is None,
        exposure.device == "phone",
        exposure.customer_type == "returning",
        round(1_000 * sin(angle)),
        round(1_000 * cos(angle)),
        exposure.past_orders or 0,
        exposure.past_orders is None,
    ]


def outcomes(exposure: Exposure, cap: int | None) -> dict[str, float]:
    revenue = exposure.revenue_minor
    if cap is not None:
        revenue = min(revenue, cap)
    return {
        "revenue": revenue,
        "orders": exposure.orders,
        "converted": exposure.has_converted,
        "accepted": exposure.has_accepted,
        "margin": exposure.margin_minor or 0,
    }


def assert_sums_of(found: CovariateMoments, exposures: list[Exposure], cap: int | None) -> None:
    known = np.array([features(one, cap) for one in exposures], dtype=np.float64)
    assert found.n == len(exposures)
    assert found.sums.tolist() == known.sum(axis=0).tolist()
    assert found.squares.tolist() == (known.T @ known).tolist()
    for name in outcomes(exposures[0], cap):
        values = np.array([outcomes(one, cap)[name] for one in exposures], dtype=np.float64)
        assert found.products[name].tolist() == (values @ known).tolist()


def of_variant(experiment: Experiment, key: str) -> list[Exposure]:
    return list(Exposure.objects.filter(experiment=experiment, variant__key=key))


@pytest.mark.parametrize("cap", [None, CAP])
def test_covariate_sums_are_those_of_the_exposures_whether_days_are_kept_or_touched(experiment, cap):
    Experiment.objects.filter(pk=experiment.pk).update(cap_minor=cap)
    for _ in ("touched", "kept"):
        totals = total_covariates(experiment, cap_minor=cap)
        for key in ("control", "treatment"):
            assert_sums_of(totals[key], of_variant(experiment, key), cap)
        rollups.refresh_touched()
    assert CovariateDay.objects.filter(experiment=experiment).count() == 4


def test_covariate_sums_of_days_leave_out_those_after_the_last_one(experiment):
    rollups.refresh_touched()
    by_day = covariate_sums(experiment, cap_minor=None, through=NOON.date())
    assert list(by_day) == [NOON.date()]
    assert list(covariate_sums(experiment, cap_minor=None, since=NOON.date() + timedelta(days=1))) == [
        NOON.date() + timedelta(days=1)
    ]


def test_covariate_sums_follow_an_exposure_that_is_erased(experiment):
    rollups.refresh_touched()
    exposure = of_variant(experiment, "control")[0]
    exposure.delete()
    assert_sums_of(total_covariates(experiment, cap_minor=None)["control"], of_variant(experiment, "control"), None)
    rollups.refresh_touched()
    assert_sums_of(total_covariates(experiment, cap_minor=None)["control"], of_variant(experiment, "control"), None)


def test_rebuild_finds_a_wrong_sum_of_covariates(experiment):
    rollups.refresh_touched()
    days = rollups.days_of(experiment)
    assert rollups.refresh_each(experiment.pk, days).wrong == 0
    CovariateDay.objects.filter(day=days[0], variant__key="control").update(visitors=1)
    assert rollups.refresh_each(experiment.pk, days).wrong == 1


def test_covariates_of_a_test_by_the_cart_alone_are_not_added_up():
    experiment = factories.make_experiment()
    factories.make_exposure(experiment.variants.get(key="control"))
    rollups.refresh_touched()
    assert not CovariateDay.objects.exists()
    assert covariate_sums(experiment, cap_minor=None) == {}


def test_aggregates_have_covariates_where_they_are_of_the_same_visitors(experiment):
    rollups.refresh_touched()
    assert aggregation.aggregates(experiment)["control"].covariates is None
    with_them = aggregation.aggregates(experiment, with_covariates=True)["control"]
    assert with_them.covariates is not None
    assert with_them.covariates.n == with_them.visitors
    # A day that a release added up which knew of none.
    CovariateDay.objects.filter(variant__key="control", day=NOON.date()).delete()
    assert aggregation.aggregates(experiment, with_covariates=True)["control"].covariates is None


def test_features_are_those_chosen():
    experiment = Experiment(covariates=["device", "cart_value"])
    assert features_of(experiment, is_capped=False) == ["cart", "no_cart", "on_phone"]
    assert features_of(experiment, is_capped=True) == ["capped_cart", "no_cart", "on_phone"]
    assert len(covariates.LAYOUT) == len(set(covariates.LAYOUT)) == len(covariates.POSITIONS)
