"""Whether an offer's price is one that other shoppers don't get."""

from dataclasses import replace

import pytest

from checkout_widgets.edge.personal_prices import is_personal
from checkout_widgets.edge.widget_configuration import Item, OfferConfiguration
from experiments.models import Experiment, Status, Store


def offer(*, price_minor: int, items: tuple[Item, ...]) -> OfferConfiguration:
    return OfferConfiguration(
        id=1, key="pot", kind="cross_sell", currency="EUR", price_minor=price_minor, compare_at_minor=None,
        starts_at=None, ends_at=None, is_active=True, stock=None, items=items,
    )  # fmt: skip


POT = Item("pot", "Teapot", 1, "", 3900)
RUNNING, STORE = Experiment(status=Status.RUNNING), Store()
FULL: OfferConfiguration = offer(items=(POT,), price_minor=3900)


def test_price_below_the_catalogs_is_personal_while_a_test_runs():
    assert is_personal(replace(FULL, price_minor=3500), [], RUNNING, STORE)
    assert not is_personal(FULL, [FULL], RUNNING, STORE)


def test_price_that_another_variant_undercuts_is_personal():
    assert is_personal(FULL, [FULL, replace(FULL, price_minor=3500)], RUNNING, STORE)
    other_goods = offer(items=(Item("cup", "Cup", 1, "", 900),), price_minor=900)
    assert not is_personal(FULL, [FULL, other_goods], RUNNING, STORE)


@pytest.mark.parametrize(
    ("targeting", "holdout_share", "is_for_some"), [({}, 0.0, False), ({"all": []}, 0.0, True), ({}, 0.1, True)]
)
def test_price_of_a_winner_is_personal_where_some_do_not_get_it(targeting, holdout_share, is_for_some):
    winner = Experiment(status=Status.CONCLUDED, targeting=targeting)
    cheaper = replace(FULL, price_minor=3500)
    assert is_personal(cheaper, [cheaper], winner, Store(holdout_share=holdout_share)) is is_for_some
