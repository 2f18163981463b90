"""Each order gets its customer's key, whichever source says who that is."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from experiments.accounting import customers
from experiments.accounting.order_changes import add_refund, locked_for_change
from experiments.accounting.order_data import RefundData
from experiments.accounting.orders import record_order
from experiments.customer_keys import customer_key, guest_key
from experiments.models import CustomerAlias, Order
from tests import factories
from tests.experiments.accounting.customers_of_orders import exposure_of, reach
from tests.experiments.accounting.outcomes_of_orders import order, outcome_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return factories.make_store()


def key_of(store, external_id="1") -> str:
    return Order.objects.get(store=store, external_id=external_id).customer_key


def test_order_of_a_known_customer_has_the_ids_key_and_a_guests_the_addresses(store):
    guest = guest_key(store.pk, "ada@shop.example")
    record_order(store, order("1", customer_id="77", guest_key=guest))
    record_order(store, order("2", guest_key=guest))
    record_order(store, order("3"))
    assert [key_of(store, number) for number in "123"] == ["i_77", guest, ""]


@pytest.mark.parametrize(
    ("versions", "key"),
    [
        ([{"guest_key": "a_1"}, {"customer_id": "77"}], "i_77"),  # a guest who signed up, or whom the shop found again
        ([{"customer_id": "77"}, {"guest_key": "a_1"}], "i_77"),  # a file that only has the address
        ([{"guest_key": "a_1"}, {}], "a_1"),  # a version that names nobody
        ([{"guest_key": "a_1"}, {"guest_key": "a_2"}], "a_2"),  # a mistyped address, put right
        # worked out with: printf '7%.0s' {1..61} | sha256sum
        ([{"customer_id": "7" * 61}], "h_d3266c5c6684c56a788a2a0bd950cff0"),
    ],
    ids=["guest-then-known", "known-then-guest", "unnamed-version", "corrected", "long-id"],
)
def test_key_of_several_versions_is_the_best_that_any_of_them_says(store, versions, key):
    for version, said in enumerate(versions):
        record_order(store, order(version=version, **said))
    assert key_of(store) == key


def test_known_customer_of_an_order_from_before_keys_gets_one_with_the_next_version(store):
    factories.make_order(store, external_id="1", customer_id="77")
    record_order(store, order(version=1))
    assert key_of(store) == "i_77"


def test_order_of_an_alias_has_the_key_that_its_customer_was_first_assigned_by(store):
    CustomerAlias.objects.create(store=store, key="i_77", first_key="a_1", merged_at=NOON)
    CustomerAlias.objects.create(store=factories.make_store(), key="i_78", first_key="a_2", merged_at=NOON)
    record_order(store, order("1", customer_id="77"))
    record_order(store, order("2", customer_id="78"))
    assert (key_of(store, "1"), key_of(store, "2")) == ("a_1", "i_78")


def test_rekeyed_order_moves_from_one_customers_outcome_to_the_others(store):
    control = factories.make_customer_experiment(store).variants.get(key="control")
    reach(control, "a_1")
    reach(control, "i_77")
    record_order(store, order(guest_key="a_1"))
    assert (exposure_of(control, "a_1").orders, exposure_of(control, "i_77").orders) == (1, 0)
    record_order(store, order(version=1, customer_id="77"))
    assert (exposure_of(control, "a_1").orders, exposure_of(control, "i_77").orders) == (0, 1)


def test_refund_deletion_and_settled_acceptance_follow_into_the_customers_outcome(store):
    control = factories.make_customer_experiment(store).variants.get(key="control")
    reach(control, "i_77")
    record_order(store, order(customer_id="77"))
    with locked_for_change(store, "1") as stored:
        add_refund(stored, RefundData("r", 400, NOON))
    assert outcome_of(exposure_of(control, "i_77"))[:3] == (1, 1000, 400)
    deleted = NOON + timedelta(hours=2)
    record_order(store, order(version=-1, deleted_at=deleted))
    assert outcome_of(exposure_of(control, "i_77"))[:3] == (0, 0, 0)


def test_missing_keys_of_known_customers_are_filled_with_the_outcomes_that_follow(store):
    control = factories.make_customer_experiment(store).variants.get(key="control")
    reach(control, "i_77", NOON - timedelta(hours=1))
    factories.make_order(store, customer_id="77")
    factories.make_order(store, customer_id="")
    assert customers.fill_missing_keys(store.pk) == 1
    assert exposure_of(control, "i_77").orders == 1
    assert customers.fill_missing_keys(store.pk) == 0


def test_migration_and_code_make_the_same_key(store):
    fill = import_module("experiments.migrations.0068_keys_of_known_customers").FILL
    names = ["77", "7" * 60, "7" * 61, "kündin"]
    for number, name in enumerate(names):
        factories.make_order(store, external_id=str(number), customer_id=name)
    factories.make_order(store, external_id="guest")
    with connection.cursor() as cursor:
        cursor.execute(fill, {"after": 0, "upto": 10**9})
        assert cursor.rowcount == len(names)
    for number, name in enumerate(names):
        assert key_of(store, str(number)) == customer_key(store.pk, customer_id=name)
    assert key_of(store, "guest") == ""


def test_unit_and_key_are_each_others_way_back():
    assert customers.key_of(customers.unit_of("i_77")) == "i_77"
    assert (customers.unit_of(""), customers.key_of("v_1")) == ("", "")
