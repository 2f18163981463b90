"""Whether a compare-at price has been the price."""

import pytest

from checkout_widgets.models import OfferItem
from checkout_widgets.price_history.claims import ClaimState, claims_of
from experiments.models.store import CompareAtRule
from tests import factories
from tests.checkout_widgets.price_history.prices import make_history
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HAS_BEEN, LOWEST = CompareAtRule.HAS_BEEN, CompareAtRule.LOWEST
TRUE, FALSE, UNKNOWN = ClaimState.TRUE, ClaimState.FALSE, ClaimState.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "prices", "claimed", "state"),
    [
        (HAS_BEEN, [(10, 1500)], 1500, TRUE),
        (HAS_BEEN, [(10, 1500)], 1600, UNKNOWN),  # nobody knows what it cost eleven days ago
        (HAS_BEEN, [(100, 1500)], 1600, FALSE),
        (HAS_BEEN, [], 1500, UNKNOWN),
        (LOWEST, [(40, 1500)], 1500, TRUE),
        (LOWEST, [(10, 1500)], 1500, UNKNOWN),  # it may have been cheaper before
        (LOWEST, [(10, 1500)], 1600, FALSE),
        (LOWEST, [(40, 1500), (20, 1200), (19, 1500)], 1500, FALSE),
    ],
)
def test_claim_of_one_product(rule, prices, claimed, state):
    product = factories.make_product(factories.make_store(compare_at_rule=rule))
    offer = factories.make_offer(product.store, product, compare_at_minor=claimed)
    make_history(product, *prices)
    [claim] = claims_of([offer], NOON)
    assert claim.state == state


def test_claim_of_a_bundle_is_of_all_its_items():
    store = factories.make_store(compare_at_rule=LOWEST)
    pot, cup = factories.make_product(store), factories.make_product(store)
    offer = factories.make_offer(store, pot, cup, compare_at_minor=4000)
    OfferItem.objects.filter(product=cup).update(quantity=2)
    make_history(pot, (40, 2000))
    make_history(cup, (40, 900))
    [claim] = claims_of([offer], NOON)
    assert (claim.state, claim.allowed_minor) == (FALSE, 3800)


def test_claims_are_of_offers_that_say_a_higher_price():
    store = factories.make_store()
    offers = [factories.make_offer(store, compare_at_minor=price) for price in (None, 990)]
    assert claims_of(offers, NOON) == []
