"""Exposures of customers: one a test, the first send point, and what they order after it on whatever device."""

from datetime import timedelta

import pytest
from django.db import transaction

from experiments.accounting import rollups
from experiments.accounting.ingestion import record_events
from experiments.accounting.orders import record_order
from experiments.accounting.rebuild import rebuild
from experiments.accounting.send_points import CustomerExposure, exposed_variants, record_send_points
from experiments.models import Exposure, ExposureDay
from tests import factories
from tests.experiments.accounting.customers_of_orders import exposure_of, reach
from tests.experiments.accounting.outcomes_of_orders import expose, order
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def experiment():
    return factories.make_customer_experiment()


@pytest.fixture
def control(experiment):
    return experiment.variants.get(key="control")


@pytest.fixture
def treatment(experiment):
    return experiment.variants.get(key="treatment")


def test_first_send_point_counts_and_the_same_again_changes_nothing(control):
    assert reach(control, "i_1", prior_order_minor=5000, country="DE", segments={"step": "care"})
    assert not reach(control, "i_1", NOON + DAY, prior_order_minor=7000)
    exposure = exposure_of(control, "i_1")
    assert (exposure.exposed_at, exposure.prior_order_minor, exposure.country) == (NOON, 5000, "DE")
    assert (exposure.segments, exposure.is_conflicting) == ({"step": "care"}, False)


def test_earlier_send_point_takes_the_place_of_a_later_one_with_its_own_covariate(control):
    reach(control, "i_1", NOON + DAY, prior_order_minor=7000)
    assert not reach(control, "i_1", NOON, prior_order_minor=5000)
    exposure = exposure_of(control, "i_1")
    assert (exposure.exposed_at, exposure.prior_order_minor) == (NOON, 5000)


def test_send_point_of_the_other_variant_makes_the_exposure_conflicting(control, treatment):
    reach(control, "i_1")
    reach(treatment, "i_1", NOON + DAY)
    exposure = exposure_of(control, "i_1")
    assert (exposure.variant, exposure.is_conflicting) == (control, True)


def test_outcome_is_what_the_customer_orders_after_it_within_the_window_whatever_the_device(control):
    store = control.experiment.store
    for external_id, at, visitor_id in (
        ("began it", NOON, "v_1"),  # at the very instant of the send point
        ("phone", NOON + DAY, "v_2"),
        ("no browser", NOON + 29 * DAY, ""),
        ("too late", NOON + 30 * DAY, "v_1"),
    ):
        record_order(store, order(external_id, visitor_id, customer_id="1", placed_at=at))
    record_order(store, order("somebody else's", customer_id="2", placed_at=NOON + DAY))
    reach(control, "i_1", prior_order_minor=1000)
    exposure = exposure_of(control, "i_1")
    assert (exposure.orders, exposure.revenue_minor, exposure.prior_order_minor) == (2, 2000, 1000)


def test_orders_and_send_points_come_to_the_same_whichever_arrives_first(control):
    store = control.experiment.store
    reach(control, "i_1")
    record_order(store, order("1", "", customer_id="1", placed_at=NOON + DAY))
    record_order(store, order("2", "", customer_id="2", placed_at=NOON + DAY))
    reach(control, "i_2")
    assert (exposure_of(control, "i_1").orders, exposure_of(control, "i_2").orders) == (1, 1)
    assert rebuild(control.experiment).wrong == 0


def test_prior_order_stays_what_the_send_point_said(control):
    reach(control, "i_1", prior_order_minor=5000)
    record_order(control.experiment.store, order("1", "", customer_id="1", placed_at=NOON - DAY))
    record_order(control.experiment.store, order("2", "", customer_id="1", placed_at=NOON + DAY))
    assert exposure_of(control, "i_1").prior_order_minor == 5000
    assert rebuild(control.experiment).wrong == 0


def test_visitors_and_customers_stay_in_tests_of_their_own_unit(control):
    store = control.experiment.store
    of_visitors = factories.make_experiment(store).variants.get(key="control")
    assert not reach(of_visitors, "i_1")
    expose(control, "v_1")
    assert not Exposure.objects.exists()
    # who names a visitor like a customer gets the visitor's orders, and none of the customer's
    expose(of_visitors, "c:i_1")
    record_order(store, order("1", "v_9", customer_id="1", placed_at=NOON + DAY))
    assert Exposure.objects.get().orders == 0
    record_order(store, order("2", "c:i_1", placed_at=NOON + DAY))
    assert Exposure.objects.get().orders == 1


def test_batch_says_which_are_first_and_leaves_out_what_is_not_the_stores(control, treatment):
    store, other = control.experiment.store, factories.make_customer_experiment().variants.get(key="control")

    def point(variant, key, at=NOON):
        return CustomerExposure(experiment_id=variant.experiment_id, variant_id=variant.pk, customer_key=key, at=at)

    points = [point(control, "i_1"), point(control, "i_1", NOON + DAY), point(treatment, "a_2"), point(other, "i_1")]
    with transaction.atomic():
        assert record_send_points(store.pk, [*points, point(control, "")]) == [True, False, True, False, False]
    with transaction.atomic():
        assert record_send_points(store.pk, points) == [False] * 4
        assert record_send_points(store.pk, []) == []
    assert exposed_variants(control.experiment, ["i_1", "a_2", "i_3"]) == {"i_1": control.pk, "a_2": treatment.pk}


def test_undone_transaction_leaves_no_exposure(control):
    with transaction.atomic():
        reach(control, "i_1")
        transaction.set_rollback(True)
    assert not Exposure.objects.exists()


def test_days_sums_have_the_customers_and_the_order_that_began_it_as_covariate(control):
    reach(control, "i_1", prior_order_minor=5000)
    reach(control, "i_2")
    record_order(control.experiment.store, order("1", "", customer_id="1", placed_at=NOON + DAY))
    rollups.refresh_touched()
    day = ExposureDay.objects.get(experiment=control.experiment, dimension="")
    assert [day.visitors, day.revenue, day.cart_value, day.missing] == [2, 1000, 5000, 1]


@pytest.mark.django_db(transaction=True)
def test_send_points_outside_a_transaction_are_refused(control):
    with pytest.raises(transaction.TransactionManagementError):
        record_send_points(control.experiment.store_id, [])


def test_events_stay_as_they_are(control):
    of_visitors = factories.make_experiment(control.experiment.store).variants.get(key="control")
    expose(of_visitors, "v_1")
    assert Exposure.objects.get().prior_order_minor is None
    assert record_events(control.experiment.store_id, [], received_at=NOON) == set()
