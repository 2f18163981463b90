"""What a command says of names that it doesn't know."""

import pytest
from django.core.management.base import CommandError

from experiments.management import lookup
from experiments.models import Store
from tests import factories

pytestmark = pytest.mark.django_db


def test_find_store_by_its_slug_returns_it():
    store = factories.make_store(slug="tea")
    assert lookup.find_store("tea") == store


def test_find_store_of_another_name_says_which_stores_there_are():
    for slug in ("tea", "coffee"):
        factories.make_store(slug=slug)
    with pytest.raises(CommandError) as raised:
        lookup.find_store("cofee")
    assert str(raised.value) == "There is no store 'cofee'. Use the slug of one of these stores: coffee, tea."


def test_find_store_names_twenty_stores_at_most():
    Store.objects.bulk_create([Store(slug=f"s{number:02}", name="S", currency="EUR") for number in range(21)])
    with pytest.raises(CommandError) as raised:
        lookup.find_store("tea")
    assert str(raised.value).endswith("s18, s19 and more (see Stores in the admin).")
    assert "s20" not in str(raised.value)


def test_find_store_in_an_empty_installation_says_how_to_create_one():
    with pytest.raises(CommandError, match=r"no other store yet. Create one in the admin under Stores\."):
        lookup.find_store("tea")
