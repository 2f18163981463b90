"""What steps claim of offers."""

import pytest

from checkout_widgets.claim_uses import all_uses, offers_claiming
from checkout_widgets.claims import OfferClaim
from journeys.life.claim_uses import step_uses
from tests.factories import make_offer, make_store
from tests.journeys.followups import make_journey

pytestmark = pytest.mark.django_db


def test_steps_claim_what_their_words_say_in_any_language_and_live_ones_are_told():
    store = make_store()
    offer = make_offer(store, key="lid")
    block = {"kind": "text", "id": "t", "text": "Bought {orders_30d} times."}
    document = {
        "subject": "A lid",
        "offer": "lid",
        "blocks": [block],
        "translations": {"de": {"t.text": "{share} kauften ihn auch."}},
    }
    journey = make_journey(store, {"document": document})
    (use,) = step_uses()
    assert (use.offer_id, use.claims, use.where) == (
        offer.pk,
        frozenset({OfferClaim.COUNT, OfferClaim.SHARE}),
        journey.name,
    )
    assert use in list(all_uses())
    assert offers_claiming(OfferClaim.COUNT) == {offer.pk}
    assert use.is_live
    journey.status = "ended"
    journey.save()
    assert list(step_uses()) == []
