"""Words on scarcity, held against what is known of the offer."""

from datetime import timedelta

import pytest

from checkout_widgets.copy_check.advice import advice_on
from checkout_widgets.copy_check.offer_facts import OfferFacts
from tests import factories
from tests.factories import NOON


def facts(times_left: int | None = None, ends_in_days: int | None = None, recent_orders: int = 0) -> OfferFacts:
    ends_at = None
    if ends_in_days is not None:
        ends_at = NOON + timedelta(days=ends_in_days)
    return OfferFacts(times_left, ends_at, recent_orders, NOON)


@pytest.mark.parametrize(
    ("language", "text", "known", "said"),
    [
        ("en", "Only 3 left", facts(250), "isn't true: 250 are left"),
        ("en", "Only 3 left", facts(3), "is true now, but not after the next sale"),
        ("en", "Only 3 left", facts(), "the stock isn't tracked"),
        ("en", "Almost sold out", facts(250), "isn't true: 250 are left. Leave it out"),
        ("en", "Almost sold out", facts(4), None),
        ("en", "Ends today", facts(), "the offer has no end"),
        ("en", "Ends today", facts(ends_in_days=9), "isn't true yet"),
        ("en", "Ends today", facts(ends_in_days=1), None),
        ("de", "Nur noch 5 Stück", facts(80), "isn't true: 80 are left"),
        ("de", "Begrenzte Stückzahl", facts(), "the stock isn't tracked"),
        ("fr", "Plus que 2 en stock", facts(40), "isn't true: 40 are left"),
        ("fr", "Stock limité", facts(4), None),
        ("es", "Solo quedan 2", facts(40), "isn't true: 40 are left"),
        ("es", "Últimas unidades", facts(40), "isn't true: 40 are left. Leave it out"),
        ("en", "Our best-selling mug", facts(recent_orders=1240), "in 1,240 orders of the last 30 days"),
    ],
)
def test_scarcity_is_held_against_what_is_known(language: str, text: str, known: OfferFacts, said: str | None):
    given = advice_on({"body": text}, known, language)
    if said is None:
        assert given == []
    else:
        assert said in given[0].text


@pytest.mark.django_db
def test_facts_are_of_the_offer_and_its_products():
    store = factories.make_store()
    offer = factories.make_offer(store, factories.make_product(store, stock=7), recent_orders=12, ends_at=NOON)
    assert OfferFacts.of(offer, NOON) == OfferFacts(7, NOON, 12, NOON)
