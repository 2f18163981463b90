"""After how many days the same is bought again, against a count by hand and statsmodels."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from checkout_widgets.models import ProductKind, ReplenishmentTime
from checkout_widgets.replenishment.counting import count_replenishment, read_waits
from experiments.models import Order, Store
from tests import factories

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def buy(store: Store, customer: int, days_ago: int, sku: str = "beans", *, quantity: int = 1, **fields: Any) -> Order:
    at = NOW - timedelta(days=days_ago)
    return factories.make_order(
        store,
        external_id=f"{customer}-{days_ago}-{sku}-{quantity}-{len(fields)}",
        placed_at=at,
        updated_at=at,
        customer_key=f"i_{customer}",
        lines=[{"sku": sku, "quantity": quantity, "price_minor": 500}],
        **fields,
    )


@pytest.fixture
def store() -> Store:
    """Thirty customers bought beans 100 days ago; twenty of them again, 11 to 30 days later."""
    store = factories.make_store(slug="tea")
    for sku in ("beans", "tea"):
        factories.make_product(store, sku=sku, category="Drinks")
    for customer in range(30):
        buy(store, customer, 100)
        if customer < 20:
            buy(store, customer, 89 - customer)
    return store


def of_product(store: Store, quantity: int = 1) -> ReplenishmentTime:
    return ReplenishmentTime.objects.get(store=store, product__sku="beans", quantity=quantity)


def test_count_finds_the_median_of_who_came_back_and_who_has_not(store):
    count_replenishment(store, NOW)
    time = of_product(store)
    assert (time.customers, time.again) == (30, 20)
    # More than 7.5 and than 15 of 30 are back on the 8th and the 16th day on which somebody is: 18 and 26 days after.
    assert (time.quarter_days, time.median_days) == (18, 26)
    days = [11 + customer for customer in range(20)] + [99] * 10
    theirs = SurvfuncRight(days, [1] * 20 + [0] * 10)
    assert time.median_days == theirs.quantile(0.5)
    low, high = theirs.quantile_ci(0.5)
    assert (time.low_days, time.high_days or np.inf) == (low, high)


def test_count_takes_each_quantity_for_itself(store):
    for customer in range(100, 120):
        buy(store, customer, 200, quantity=3)
        buy(store, customer, 120)  # again, whatever the quantity
    count_replenishment(store, NOW)
    assert (of_product(store, 3).customers, of_product(store, 3).median_days) == (20, 80)
    assert of_product(store).again == 20  # single bags, of which those 20 customers bought no further ones


def test_count_of_a_category_has_what_single_products_have_too_few_of(store):
    Order.objects.filter(store=store).delete()
    for customer in range(24):
        sku = ("beans", "tea")[customer % 2]
        buy(store, customer, 100, sku)
        buy(store, customer, 60, sku)
    count_replenishment(store, NOW)
    [time] = ReplenishmentTime.objects.filter(store=store)
    assert (time.product, time.category, time.quantity) == (None, "Drinks", 1)
    assert (time.customers, time.again, time.median_days) == (24, 24, 40)


def test_renewal_ends_the_wait_without_a_return(store):
    for customer in range(20, 30):
        buy(store, customer, 70, repeat_kind="renewal")
    before = {(waits.product_id, waits.quantity): waits for waits in read_waits(store, NOW)}
    [own] = [waits for (product, _), waits in before.items() if product is not None]
    waited = sorted(zip(own.days, own.is_again, own.customers, strict=True))
    assert (30, False, 10) in waited
    assert sum(customers for _, is_again, customers in waited if is_again) == 20


def test_count_leaves_out_what_nobody_can_rely_on(store):
    unreliable: list[dict[str, Any]] = [{"status": "cancelled"}, {"source": "snippet"}, {"status": "pending"}]
    for number, fields in enumerate(unreliable):
        for customer in range(20, 30):
            buy(store, customer, 50 - number, **fields)
    factories.make_product(store, sku="repair", kind=ProductKind.SERVICE)
    for customer in range(20):
        buy(store, customer, 40, "repair")
        buy(store, customer, 20, "repair")
    other = factories.make_store(slug="other")
    buy(other, 25, 40)
    count_replenishment(store, NOW)
    assert of_product(store).again == 20
    assert set(ReplenishmentTime.objects.values_list("product__sku", "category")) == {("beans", ""), (None, "Drinks")}


def test_count_is_by_the_stores_days(store):
    Order.objects.filter(store=store).delete()
    Store.objects.filter(pk=store.pk).update(timezone="Pacific/Auckland")
    store.refresh_from_db()
    night = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)  # 23:30 there; an hour later it is the next day
    for customer in range(20):
        for at in (night, night + timedelta(hours=1)):
            factories.make_order(
                store, external_id=f"{customer}-{at:%H}", placed_at=at, updated_at=at, customer_key=f"i_{customer}",
                lines=[{"sku": "beans", "quantity": 1, "price_minor": 500}],
            )  # fmt: skip
    count_replenishment(store, NOW)
    assert of_product(store).median_days == 1


def test_count_replaces_what_was_counted_before(store):
    count_replenishment(store, NOW)
    Order.objects.filter(store=store).delete()
    assert count_replenishment(store, NOW) == 0
    assert not ReplenishmentTime.objects.exists()
