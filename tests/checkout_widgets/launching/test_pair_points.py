"""What the checklist says of offers of pairs."""

import pytest

from checkout_widgets.launching.checklist import checklist
from checkout_widgets.models import ChosenPair
from experiments.models import Experiment, PairExposure
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON
from tests.pair_offers import count_pair, make_pair_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Experiment:
    return ready(moment="confirmation")


def sell_pairs(draft: Experiment, pairing: str = "best", **fields: object) -> None:
    widget = draft.variants.get(key="treatment").widget
    widget.offer = make_pair_offer(draft.store, pairing, **fields)
    widget.save()


def told(draft: Experiment) -> list[tuple[str, str]]:
    return [(check.state, check.text) for check in checklist(draft, NOON) if check.code == "pairs"]


def test_test_of_fixed_products_hears_nothing_of_pairs(draft):
    assert told(draft) == []


def test_offer_of_pairs_needs_as_many_as_it_sells_from_where_it_takes_them(draft):
    sell_pairs(draft)
    assert told(draft) == [("fail", "“Goes with it” has no pair to show with any product")]
    tea, cup = factories.make_product(draft.store), factories.make_product(draft.store)
    count_pair(tea, cup)
    assert [state for state, _ in told(draft)] == ["pass"]
    assert not [check.text for check in checklist(draft, NOON) if check.code in {"offer", "price"} and check.fix]
    for pairing, source in (("both", ""), ("second", ""), ("best", "pinned")):
        sell_pairs(draft, pairing, pair_source=source)
        assert [state for state, _ in told(draft)] == ["fail"]
    ChosenPair.objects.create(store=draft.store, product=tea, suggested=cup)
    assert [state for state, _ in told(draft)] == ["pass"]


def test_pairs_of_another_store_are_none(draft):
    sell_pairs(draft)
    other = factories.make_store(slug="other")
    count_pair(factories.make_product(other), factories.make_product(other))
    assert [state for state, _ in told(draft)] == ["fail"]


def test_second_offer_of_pairs_blocks(draft):
    count_pair(factories.make_product(draft.store), factories.make_product(draft.store))
    factories.make_next_widget(draft.variants.get(key="treatment"), "declined", make_pair_offer(draft.store))
    assert told(draft) == [("fail", "“Goes with it” sells product pairs, which a second offer can't sell")]


def test_pairs_cannot_be_followed_by_something_smaller(draft):
    sell_pairs(draft)
    factories.make_next_widget(draft.variants.get(key="treatment"), "declined")
    said = [check.text for check in checklist(draft, NOON) if check.code == "sequence" and check.state == "fail"]
    assert len(said) == 1
    assert "a pair's price depends on the cart" in said[0]


def test_checklist_says_who_takes_part(draft):
    sell_pairs(draft)
    count_pair(factories.make_product(draft.store), factories.make_product(draft.store))
    assert "every variant" in told(draft)[0][1]
    draft.pair_exposure = PairExposure.ANY
    assert told(draft)[0][1].endswith("A variant without one shows nothing")
