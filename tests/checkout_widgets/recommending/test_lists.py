"""The lists that edges take: written with each count, with a version that rises with each choice, too."""

import pytest

from checkout_widgets.models import ChosenPair, PairLists
from checkout_widgets.recommending import curating
from checkout_widgets.recommending.lists import lists_of, unpack, write_lists
from tests import factories

pytestmark = pytest.mark.django_db


def test_lists_take_the_place_of_those_before_as_the_next_version():
    store = factories.make_store()
    write_lists(store, lists_of([(1, 2, 0.5)]))
    write_lists(store, lists_of([(1, 3, 0.5), (3, 1, 0.25)]))
    lists = PairLists.objects.get(store=store)
    assert lists.version == 2
    again = unpack(bytes(lists.content))
    assert (list(again.products), list(again.suggested), list(again.scores)) == ([1, 3], [3, 1], [0.5, 0.25])


def test_each_choice_is_a_new_version_also_before_the_first_count():
    store = factories.make_store()
    tea, cup = factories.make_product(store, sku="tea"), factories.make_product(store, sku="cup")
    choice = ChosenPair(store=store, product=tea, suggested=cup)
    curating.choose(choice, actor="mia")
    assert PairLists.objects.get(store=store).version == 1
    curating.forget(choice, actor="mia")
    assert PairLists.objects.get(store=store).version == 2
