"""Each part of the long statements by itself, on orders that were worked out by hand."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from experiments.accounting import identity, outcomes, repeats, rollups, single_use
from experiments.models import CustomerSighting, Order, OrderClaim, Store
from experiments.reading.aggregation import cutting_parameters
from tests import factories
from tests.factories import NOON
from tests.sql_parts import part

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOKEN = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def store() -> Store:
    return factories.make_store()


def to_link(store: Store, external_ids: list[str], customers: list[str]) -> dict[str, Any]:
    return {"store_id": store.pk, "external_ids": external_ids, "customers": customers}


def claim(store: Store, external_id: str, visitor_id: str, *, is_verified: bool) -> None:
    OrderClaim.objects.create(
        store=store,
        external_id=external_id,
        visitor_id=visitor_id,
        currency=store.currency,
        total_minor=5000,
        claimed_at=NOON,
        is_verified=is_verified,
    )


def test_theirs_are_the_orders_asked_for_and_all_of_the_customers_once_each(store):
    asked = factories.make_order(store, external_id="asked", customer_id="ann")
    other = factories.make_order(store, external_id="other", customer_id="ann")
    factories.make_order(store, external_id="nobody")
    factories.make_order(factories.make_store(), external_id="asked", customer_id="ann")
    rows = part(identity.LINK, "theirs", to_link(store, ["asked"], ["ann", ""]))
    assert sorted(rows) == sorted([(asked.pk,), (other.pk,)])


def test_found_prefers_a_verified_claim_then_the_last_sighting_before_the_order_then_the_next_after_it(store):
    for name in ("claimed", "unverified"):
        factories.make_order(store, external_id=name, customer_id="ann")
    claim(store, "claimed", "claimant", is_verified=True)
    claim(store, "unverified", "liar", is_verified=False)
    for hours, visitor in ((-3, "long-before"), (-2, "before"), (1, "after")):
        CustomerSighting.objects.create(store=store, customer_id="ann", visitor_id=visitor, seen_at=NOON + hours * HOUR)
    factories.make_order(store, external_id="named", customer_id="ann", visitor_id="herself", placed_at=NOON + 9 * HOUR)
    rows = part(identity.LINK, "found", to_link(store, [], ["ann"]), "external_id, visitor_id, before, now")
    assert sorted(rows) == [
        ("claimed", "", "", "claimant"),
        ("named", "herself", "", ""),
        ("unverified", "", "", "before"),
    ]


def test_outcome_of_an_exposure_adds_up_its_orders_and_leaves_out_those_before_it(store):
    treatment = factories.make_experiment(store).variants.get(key="treatment")
    factories.make_exposure(treatment, visitor_id="ann")
    line = {"sku": "tea", "quantity": 2, "price_minor": 1000, "cost_minor": 400}
    factories.make_order(store, visitor_id="ann", lines=[line], discount_minor=500)
    factories.make_order(store, linked_visitor_id="ann", lines=[line], placed_at=NOON + DAY)
    factories.make_order(store, visitor_id="ann", placed_at=NOON - HOUR)
    factories.make_order(store, visitor_id="ann", placed_at=NOON + 8 * DAY)
    rows = part(
        outcomes.RECOMPUTE,
        "outcome",
        {"store_id": store.pk, "visitor_ids": ["ann"]},
        "visitor_id, orders, revenue::int, items, margin::int, prior",
    )
    assert rows == [("ann", 2, 3500, 4, 3500 - 1600, None)]


def test_buyer_is_whoever_an_order_names_or_is_linked_to(store):
    named: list[dict[str, Any]] = [{"visitor_id": "ann"}, {"linked_visitor_id": "ben"}, {"visitor_id": "ann"}, {}]
    for fields in named:
        factories.make_order(store, **fields)
    query = outcomes.TO_COMPUTE.format(where="store_id = %(store_id)s")
    assert sorted(part(query, "buyer", {"store_id": store.pk})) == [("ann",), ("ben",)]


def carrying(store: Store, external_id: str, **fields: Any) -> Order:
    line = {"sku": "mug", "quantity": 1, "price_minor": 790, "acceptance_id": TOKEN}
    return factories.make_order(store, external_id=external_id, lines=[line, line], **fields)


def test_carrying_has_each_order_once_and_says_whether_it_counts(store):
    carrying(store, "paid")
    carrying(store, "unpaid", status="pending")
    carrying(store, "told", source="snippet")
    carrying(factories.make_store(), "other-store")
    parameters = {"store_id": store.pk, "acceptances": [str(TOKEN)]}
    rows = part(single_use.SETTLE, "carrying", parameters, "external_id, counts, is_unsigned")
    assert sorted(rows) == [("paid", True, False), ("told", True, True), ("unpaid", False, False)]


def test_first_counts_before_it_is_signed_before_it_is_early(store):
    carrying(store, "unpaid", status="pending", placed_at=NOON - 2 * HOUR)
    carrying(store, "told", source="snippet", placed_at=NOON - HOUR)
    carrying(store, "later", placed_at=NOON + HOUR)
    first = carrying(store, "first")
    rows = part(single_use.SETTLE, "first", {"store_id": store.pk, "acceptances": [str(TOKEN)]})
    assert rows == [(TOKEN, first.pk)]


def test_repeated_are_those_whose_first_order_nobody_named(store):
    unknown = factories.make_order(store, external_id="unknown", repeat_kind="renewal")
    factories.make_order(store, external_id="known", repeat_kind="renewal", first_external_id="1")
    factories.make_order(store, external_id="placed")
    parameters = {"store_id": store.pk, "external_ids": ["unknown", "known", "placed"]}
    assert part(repeats.FIND_FIRST, "repeated", parameters, "id") == [(unknown.pk,)]


def test_found_is_the_first_order_by_acceptance_else_by_customer_and_product(store):
    bought: dict[str, Any] = {"customer_id": "ann", "lines": [{"sku": "tea", "quantity": 1, "price_minor": 1000}]}
    factories.make_order(store, external_id="earliest", customer_id="ann", placed_at=NOON - 3 * DAY)
    factories.make_order(store, external_id="same-product", placed_at=NOON - 2 * DAY, **bought)
    carrying(store, "accepted", placed_at=NOON - DAY)
    by_customer = factories.make_order(store, external_id="a", repeat_kind="renewal", **bought)
    by_acceptance = carrying(store, "b", repeat_kind="renewal", customer_id="ann")
    rows = part(repeats.FIND_FIRST, "found", {"store_id": store.pk, "external_ids": ["a", "b"]})
    assert sorted(rows) == [(by_customer.pk, "same-product"), (by_acceptance.pk, "accepted")]


def test_fresh_are_the_sums_of_the_days_exposures_as_they_are_now():
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.get(key="control"), experiment.variants.get(key="treatment")
    exposure = factories.make_exposure(control, orders=2, has_converted=True)
    rollups.refresh_touched()
    exposure.variant = treatment
    exposure.save()
    asked = {"experiment_id": experiment.pk, "days": [NOON.date()], "cap_minor": None}
    asked |= cutting_parameters(experiment)
    fresh = part(rollups.REFRESH, "fresh", asked, "day, variant_id, visitors, orders::int")
    assert fresh == [(NOON.date(), treatment.pk, 1, 2)]


def test_gone_are_kept_rows_without_exposures():
    experiment = factories.make_experiment()
    exposure = factories.make_exposure(experiment.variants.get(key="control"))
    rollups.refresh_touched()
    exposure.delete()
    asked = {"experiment_id": experiment.pk, "days": [NOON.date()], "cap_minor": None}
    asked |= cutting_parameters(experiment)
    assert part(rollups.REFRESH, "gone", asked) == [(NOON.date(),)]


def test_first_has_the_first_exposure_of_each_day_and_a_null_at_the_end():
    experiment = factories.make_experiment()
    control = experiment.variants.get(key="control")
    for hours in (0, 1, 24, 96):
        factories.make_exposure(control, exposed_at=NOON + hours * HOUR)
    rows = part(rollups.DAYS, "first", {"experiment_id": experiment.pk, "day_zone": "UTC"})
    assert rows == [(NOON,), (NOON + DAY,), (NOON + 4 * DAY,), (None,)]
