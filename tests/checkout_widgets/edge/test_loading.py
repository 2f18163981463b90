"""What is loaded of a store's configuration: complete, and with as many queries for one store as for many."""

from zoneinfo import ZoneInfo

import pytest

from checkout_widgets.edge import loading
from checkout_widgets.edge.widget_configuration import ComparisonTable
from checkout_widgets.models import Acceptance, Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import Source, Status
from tests import factories


@pytest.mark.django_db
def test_load_makes_the_same_queries_however_many_stores(django_assert_num_queries):
    factories.make_live_experiment()
    with django_assert_num_queries(19):  # 17 and a savepoint
        loading.load()
    for _ in range(5):
        store = factories.make_store()
        for _ in range(3):
            factories.make_live_experiment(store)
    with django_assert_num_queries(19):
        configuration = loading.load()
    assert len(configuration.by_site_key) == 6


@pytest.mark.django_db
def test_load_takes_what_is_live_and_nothing_else():
    store = factories.make_store()
    for status in Status:
        factories.make_live_experiment(store, key=status.value, status=status)
    factories.make_live_experiment(store, key="imported", source=Source.IMPORTED)
    tests = loading.load().by_site_key[store.site_key].tests["cart"]
    assert {experiment.key for experiment in tests} == {"running", "paused"}


@pytest.mark.django_db
def test_load_limited_offer_counts_what_was_accepted():
    experiment = factories.make_live_experiment()
    Offer.objects.update(stock_limit=3)
    offer = Offer.objects.get()
    for number in range(2):
        Acceptance.objects.create(
            store=experiment.store,
            jti=f"00000000-0000-4000-8000-00000000000{number}",
            idempotency_key=str(number),
            visitor_id="v",
            offer=offer,
            total_minor=1,
            lines=[],
            accepted_at=factories.NOON,
            expires_at=factories.NOON,
        )
    [loaded] = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].offers
    assert loaded.stock == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product", "quantity", "limit", "stock"),
    [
        ({"stock": None}, 1, None, None),
        ({"stock": 10}, 3, None, 3),
        ({"stock": 50}, 1, 2, 2),
        ({"stock": None}, 1, 4, 4),
        ({"stock": None, "is_active": False}, 1, None, 0),
    ],
)
def test_load_stock_is_how_often_the_offer_can_be_had(product, quantity, limit, stock):
    experiment = factories.make_live_experiment()
    Product.objects.update(**product)
    OfferItem.objects.update(quantity=quantity)
    Offer.objects.update(stock_limit=limit)
    [loaded] = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].offers
    assert loaded.stock == stock


@pytest.mark.django_db
def test_load_bad_translations_and_theme_are_left_out():
    experiment = factories.make_live_experiment()
    Widget.objects.update(theme=["red"], translations={"de": {"headline": "Passt", "body": 7}, "fr": "Bonjour"})
    store = loading.load().by_site_key[experiment.store.site_key]
    widget = store.tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.theme == {}
    assert widget.copy["de"]["headline"] == "Passt"
    assert widget.copy["de"]["body"] == ""
    assert widget.copy["fr"] == widget.copy[""]


@pytest.mark.django_db
def test_load_widget_has_tiers_comparisons_and_what_its_store_says():
    store = factories.make_store(timezone="Europe/Berlin", free_shipping_minor=5000)
    experiment = factories.make_live_experiment(store)
    offer = Offer.objects.get()
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=1800)
    rows = [{"label": "Battery", "values": ["20 h", "38 h"]}]
    Widget.objects.update(
        phone_layout="line",
        comparison={"columns": ["Standard", "Pro"], "rows": rows},
        translations={"DE": {"comparison": {"rows": rows}}, "fr": {"comparison": {"rows": [{"label": 1}]}}},
    )
    widget = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.offer.tiers == {2: 1800}
    assert (widget.phone_layout, str(widget.timezone), widget.free_shipping_minor) == ("line", "Europe/Berlin", 5000)
    assert widget.comparisons == {
        "": ComparisonTable(("Standard", "Pro"), (("Battery", "20 h", "38 h"),)),
        "de": ComparisonTable(("", ""), (("Battery", "20 h", "38 h"),)),
    }


@pytest.mark.django_db
def test_load_timezone_that_nobody_knows_is_utc():
    store = factories.make_store(timezone="Mars/Olympus")
    factories.make_live_experiment(store)
    widget = loading.load().by_site_key[store.site_key].tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.timezone == ZoneInfo("UTC")


@pytest.mark.django_db
def test_tier_change_moves_the_version():
    offer = factories.make_offer(factories.make_store())
    before = loading.current_version()
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=1)
    assert loading.current_version() > before


@pytest.mark.django_db
def test_configuration_never_shows_a_secret():
    store = factories.make_store()
    store.rotate_secret_key()
    text = repr(loading.load())
    assert store.site_key in text
    assert store.secret_key not in text
    assert store.previous_secret_key not in text
