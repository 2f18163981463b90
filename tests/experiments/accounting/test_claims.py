"""How long a shopper's word for an order is kept that no shop system has ever sent."""

from datetime import timedelta

import pytest

from experiments.accounting.claims import forget_claims
from experiments.models import UNSIGNED, OrderClaim, Store
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
THIRTY_DAYS = timedelta(days=30)
INSTANT = timedelta(microseconds=1)


def claim(store: Store, external_id: str, age: timedelta, *, is_verified: bool = False) -> None:
    OrderClaim.objects.create(
        store=store,
        external_id=external_id,
        visitor_id="v_1",
        currency="EUR",
        total_minor=5_000,
        claimed_at=NOON - age,
        is_verified=is_verified,
    )


def test_claim_without_an_order_is_forgotten_after_30_days():
    store = factories.make_store()
    claim(store, "young", THIRTY_DAYS)
    claim(store, "old", THIRTY_DAYS + INSTANT)
    assert forget_claims(NOON) == 1
    assert OrderClaim.objects.get().external_id == "young"


def test_claim_that_came_true_or_has_an_unsigned_order_is_kept():
    store, other = factories.make_store(), factories.make_store()
    claim(store, "verified", THIRTY_DAYS * 2, is_verified=True)
    claim(store, "unsigned", THIRTY_DAYS * 2)
    factories.make_order(store, external_id="unsigned", source=UNSIGNED)
    claim(other, "unsigned", THIRTY_DAYS * 2)
    assert forget_claims(NOON) == 1
    assert not OrderClaim.objects.filter(store=other).exists()
