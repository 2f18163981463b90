"""Pinned and banned pairs from and to a file."""

import io
from typing import Any

import pytest

from checkout_widgets.catalogue_files import FileImport, FileOptions, export_pairs, import_pairs
from checkout_widgets.models import ChosenPair
from experiments.models import AuditEntry, Store
from experiments.tables import BadFile
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = "product,category,suggested,choice,reason\n"


def load(store: Store, text: str, **options: Any) -> FileImport:
    return import_pairs(io.BytesIO(text.encode()), store, FileOptions(actor="mia", **options))


@pytest.fixture
def store() -> Store:
    store = factories.make_store()
    for sku in ("tea", "cup", "pot"):
        factories.make_product(store, sku=sku)
    return store


def chosen(store: Store) -> set[tuple[str | None, str, str, bool, str]]:
    found = ChosenPair.objects.filter(store=store)
    return set(found.values_list("product__sku", "category", "suggested__sku", "is_banned", "reason"))


def test_pairs_are_pinned_and_banned_with_entries_of_the_trail(store):
    result = load(store, HEADER + "tea,,cup,pin,Fits\n,drinks,pot,PIN,\n,,tea,ban,Sold by phone\n")
    assert (result.created, result.updated, result.unchanged) == (3, 0, 0)
    assert chosen(store) == {
        ("tea", "", "cup", False, "Fits"),
        (None, "drinks", "pot", False, ""),
        (None, "", "tea", True, "Sold by phone"),
    }
    trail = AuditEntry.objects.filter(store=store).values_list("action", "actor").order_by("pk")
    assert list(trail) == [("pair_pinned", "mia"), ("pair_pinned", "mia"), ("pair_banned", "mia")]


def test_pair_that_differs_is_changed_and_the_exported_file_changes_nothing(store):
    load(store, HEADER + "tea,,cup,pin,\n,drinks,pot,pin,\n")
    result = load(store, HEADER + "tea,,cup,ban,Breaks\n")
    assert (result.created, result.updated) == (0, 1)
    assert ("tea", "", "cup", True, "Breaks") in chosen(store)
    text = io.StringIO()
    assert export_pairs(text, store) == 2
    assert load(store, text.getvalue()).unchanged == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("coffee,,cup,pin,", "the store has no product 'coffee'"),
        ("tea,,milk,pin,", "the store has no product 'milk'"),
        ("tea,,tea,pin,", "is the product itself"),
        ("tea,,cup,first,", "is not one of pin, ban"),
        ("tea,drinks,cup,pin,", "Choose a product or a category, not both"),
        (",,cup,pin,", "Choose the product or the category"),
        ("tea,,cup,pin,\ntea,,cup,ban,", "is also in an earlier row"),
    ],
)
def test_bad_rows_say_why_and_nothing_is_imported(store, row, words):
    with pytest.raises(BadFile, match=words):
        load(store, HEADER + "tea,,pot,pin,\n" + row + "\n")
    assert chosen(store) == set()


def test_products_of_another_store_are_unknown(store):
    other = factories.make_store(slug="coffee")
    factories.make_product(other, sku="beans")
    result = load(store, HEADER + "tea,,beans,pin,\ntea,,cup,pin,\n", is_skipping_bad_rows=True)
    assert (result.bad_rows, result.created) == (1, 1)
    assert ChosenPair.objects.filter(store=other).count() == 0
