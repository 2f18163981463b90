"""Two keys that turn out to be one customer's: orders, exposures and what comes later have one key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from experiments.accounting import jobs, rollups
from experiments.accounting.merging import merge_customers
from experiments.accounting.orders import record_order
from experiments.accounting.rebuild import rebuild
from experiments.models import CustomerAlias, Exposure, ExposureDay, Order
from tests import factories
from tests.experiments.accounting.customers_of_orders import exposure_of, reach
from tests.experiments.accounting.outcomes_of_orders import order
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def variants():
    experiment = factories.make_customer_experiment()
    return experiment.variants.get(key="control"), experiment.variants.get(key="treatment")


def aliases() -> dict[str, str]:
    return dict(CustomerAlias.objects.values_list("key", "first_key"))


def test_merged_customer_has_the_orders_of_both_and_later_ones_of_either(variants):
    control, _ = variants
    store = control.experiment.store
    reach(control, "a_1", prior_order_minor=500)
    record_order(store, order("1", "", guest_key="a_1", placed_at=NOON + DAY))
    record_order(store, order("2", "", customer_id="7", placed_at=NOON + DAY))
    assert merge_customers(store.pk, "a_1", "i_7") == "a_1"
    assert exposure_of(control, "a_1").orders == 2
    record_order(store, order("3", "", customer_id="7", placed_at=NOON + 2 * DAY))
    assert exposure_of(control, "a_1").orders == 3
    assert set(Order.objects.values_list("customer_key", flat=True)) == {"a_1"}
    assert rebuild(control.experiment).wrong == 0


def test_exposure_of_the_later_key_alone_moves_with_all_that_it_says(variants):
    control, _ = variants
    store_id = control.experiment.store_id
    reach(control, "i_7", prior_order_minor=500, country="DE")
    merge_customers(store_id, "a_1", "i_7")
    exposure = Exposure.objects.get()
    assert (exposure.visitor_id, exposure.prior_order_minor, exposure.country) == ("c:a_1", 500, "DE")
    assert not exposure.is_conflicting
    assert not reach(control, "i_7", NOON + DAY)


@pytest.mark.parametrize(("first", "second"), [("a_1", "i_7"), ("i_7", "a_1")])
@pytest.mark.parametrize("is_same_variant", [True, False])
def test_exposures_of_both_become_the_earlier_one_conflicting_if_in_different_variants(
    variants, first, second, is_same_variant
):
    control, treatment = variants
    reach(control, first, NOON, prior_order_minor=500)
    reach(control if is_same_variant else treatment, second, NOON + DAY, prior_order_minor=900)
    merge_customers(control.experiment.store_id, "a_1", "i_7")
    exposure = Exposure.objects.get()
    assert (exposure.visitor_id, exposure.variant, exposure.exposed_at) == ("c:a_1", control, NOON)
    assert (exposure.prior_order_minor, exposure.is_conflicting) == (500, not is_same_variant)
    rollups.refresh_touched()
    days = ExposureDay.objects.filter(dimension="").values_list("visitors", "conflicting")
    assert list(days) == [(1, int(not is_same_variant))]


@pytest.mark.parametrize("merges", [("ab", "bc"), ("bc", "ab"), ("ab", "ac", "bc", "ab"), ("cb", "ab")])
def test_chains_of_keys_lead_to_one_key_whatever_comes_first(variants, merges):
    control, _ = variants
    store = control.experiment.store
    for number, key in enumerate("abc"):
        record_order(store, order(str(number), "", guest_key=key))
    for earlier, later in merges:
        merge_customers(store.pk, earlier, later)
    assert len(set(Order.objects.values_list("customer_key", flat=True))) == 1
    assert len(set(aliases().values())) == 1
    assert not set(aliases()) & set(aliases().values())  # no alias of an alias


def test_merge_of_another_store_an_empty_key_or_what_is_one_already_changes_nothing(variants):
    control, _ = variants
    store = control.experiment.store
    record_order(store, order("1", "", guest_key="b"))
    merge_customers(factories.make_store().pk, "a", "b")
    assert Order.objects.get().customer_key == "b"
    assert [merge_customers(store.pk, *keys) for keys in (("b", ""), ("", "b"), ("b", "b"))] == ["b"] * 3
    merge_customers(store.pk, "a", "b")
    assert merge_customers(store.pk, "b", "a") == "a"
    assert CustomerAlias.objects.filter(store=store).count() == 1


def test_job_merges_as_an_orders_own_transaction_queues_it(variants):
    control, _ = variants
    record_order(control.experiment.store, order("1", "", guest_key="b"))
    jobs.merge_customers(control.experiment.store_id, "a", "b")
    assert Order.objects.get().customer_key == "a"


def at_once(*steps: Callable[[], object]) -> None:
    """Take the steps in threads that begin together, each with a connection of its own."""
    begun = Barrier(len(steps))

    def take(step: Callable[[], object]) -> None:
        try:
            begun.wait(timeout=10)
            step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        for done in [pool.submit(take, step) for step in steps]:
            done.result(timeout=60)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_orders_and_send_points_that_arrive_while_keys_are_merged_end_with_the_kept_key():
    experiment = factories.make_customer_experiment()
    store, control = experiment.store, experiment.variants.get(key="control")
    for number in range(10):
        earlier, later = f"a_{number}", f"i_{number}"
        reach(control, later)
        known = order(f"known {number}", "", customer_id=str(number), placed_at=NOON + DAY)
        guests = order(f"guest {number}", "", guest_key=earlier, placed_at=NOON + DAY)
        at_once(
            partial(record_order, store, known),
            partial(record_order, store, guests),
            partial(merge_customers, store.pk, earlier, later),
            partial(merge_customers, store.pk, earlier, later),
            partial(reach, control, later, NOON + DAY),
        )
        orders = Order.objects.filter(external_id__endswith=f" {number}")
        assert set(orders.values_list("customer_key", flat=True)) == {earlier}
        assert exposure_of(control, earlier).orders == 2
        assert not Exposure.objects.filter(visitor_id=f"c:{later}").exists()
    assert rebuild(experiment).wrong == 0
