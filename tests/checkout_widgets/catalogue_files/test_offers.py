"""Offers from and to a file."""

import io

import pytest

from checkout_widgets.catalogue_files import FileImport, FileOptions, export_offers, import_offers
from checkout_widgets.models import Offer
from experiments.tables import BadFile
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = "key,name,kind,price,items,ends_at\n"


def load(store, text, **options) -> FileImport:
    return import_offers(io.BytesIO(text.encode()), store, FileOptions(**options))


@pytest.fixture
def store():
    store = factories.make_store(currency="EUR", timezone="Europe/Berlin")
    factories.make_product(store, sku="23166")
    factories.make_product(store, sku="230 84")
    return store


def test_offers_are_made_with_their_items_and_times_of_the_store(store):
    result = load(store, HEADER + "set,Tea set,bundle,48.00,23166; 230 84 x 2,2026-12-01T10:00\n")
    assert result.created == 1
    offer = Offer.objects.get()
    assert (offer.price_minor, offer.currency, offer.kind) == (4_800, "EUR", "bundle")
    assert offer.ends_at is not None
    assert offer.ends_at.isoformat() == "2026-12-01T09:00:00+00:00"
    assert list(offer.items.values_list("product__sku", "quantity")) == [("23166", 1), ("230 84", 2)]


def test_offer_is_changed_in_place_and_exported_ones_come_back_as_they_were(store):
    load(store, HEADER + "set,Tea set,bundle,48.00,23166,\n")
    first = Offer.objects.get()
    result = load(store, HEADER + "set,Tea set,bundle,45.00,230 84 x 3,\n")
    assert (result.created, result.updated) == (0, 1)
    offer = Offer.objects.get()
    assert (offer.pk, offer.price_minor) == (first.pk, 4_500)
    text = io.StringIO()
    assert export_offers(text, store) == 1
    assert load(store, text.getvalue()).unchanged == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a b,Set,bundle,1,23166,", "key 'a b'"),
        ("set,Set,gift,1,23166,", "kind 'gift' is not one of cross_sell"),
        ("set,Set,bundle,1,99,", "the store has no product '99'"),
        ("set,Set,bundle,1,23166 x 0,", "no product '23166 x 0'"),
        ("set,Set,bundle,1,23166; 23166,", "a product is listed twice"),
        ("set,Set,bundle,1,23166,tomorrow", "ends_at 'tomorrow'"),
        ("set,Set,bundle,1,23166,9999-12-31", "ends_at '9999-12-31' is not between the years 1970 and 2999"),
    ],
)
def test_bad_row_is_named_and_nothing_is_imported(store, row, words):
    with pytest.raises(BadFile) as raised:
        load(store, HEADER + row + "\n")
    assert words in str(raised.value)
    assert "row 1" in str(raised.value)
    assert not Offer.objects.exists()


def test_another_stores_product_is_unknown(store):
    factories.make_product(factories.make_store(), sku="foreign")
    with pytest.raises(BadFile, match="no product 'foreign'"):
        load(store, HEADER + "set,Set,bundle,1,foreign,\n")


def test_what_the_file_has_no_column_for_stays_as_it_is_and_empty_cells_clear(store):
    load(store, f"{HEADER[:-1]},stock_limit,starts_at,is_active\nset,Set,bundle,40,23166,2026-12-24,9,2026-12-01,no\n")
    load(store, "key,price\nset,35\n")
    offer = Offer.objects.get()
    assert (offer.price_minor, offer.stock_limit, offer.is_active, offer.items.count()) == (3_500, 9, False, 1)
    assert offer.starts_at is not None
    load(store, "key,stock_limit,starts_at,is_active\nset,,,\n")
    fields = Offer.objects.values_list("price_minor", "stock_limit", "starts_at", "is_active").get()
    assert fields == (3_500, None, None, False)
    with pytest.raises(BadFile, match="ends_at 2026-12-23"):
        load(store, "key,starts_at\nset,2027-01-01\n")
    with pytest.raises(BadFile, match="key 'other' is new, and a new offer needs a column kind"):
        load(store, "key,name,price,items\nother,Other,1,23166\n")


PAIRS = "key,name,price,pairing,pair_source,pair_discount\n"


def test_offer_of_pairs_is_made_changed_and_comes_back_as_it_was(store):
    load(store, f"{PAIRS}pair,Goes with it,,both,pinned,15\n")
    offer = Offer.objects.get()
    assert (offer.pairing, offer.pair_source, offer.pair_discount) == ("both", "pinned", 15)
    assert (offer.kind, offer.price_minor, offer.items.count()) == ("cross_sell", 0, 0)
    factories.make_offer(store)
    text = io.StringIO()
    assert export_offers(text, store) == 2
    assert load(store, text.getvalue()).unchanged == 2
    load(store, "key,pair_discount,pair_source\npair,,\n")
    offer.refresh_from_db()
    assert (offer.pairing, offer.pair_source, offer.pair_discount) == ("both", "", 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("new,Pair,,third,,", "is not one of best, second, both"),
        ("new,Pair,,best,mine,", "is not one of pinned, counted"),
        ("new,Pair,,best,,91", "is more than 90"),
        ("new,Pair,,best,,-1", "pair_discount"),
        ("new,Pair,5.00,best,,", "is not for an offer of pairs"),
        ("set,Pair,,best,,", "differs from the offer's"),
        ("set,Set,9.90,,,10", "is for an offer of pairs alone"),
    ],
)
def test_bad_row_of_pairs_is_named_and_changes_nothing(store, row, words):
    factories.make_offer(store, key="set")
    with pytest.raises(BadFile) as raised:
        load(store, f"{PAIRS}{row}\n")
    assert words in str(raised.value)
    assert Offer.objects.get().pairing == ""
