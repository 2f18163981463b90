"""The demo's store, people and experiments."""

import pytest
from django.contrib.auth.models import User

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.sequence_points import sequences
from checkout_widgets.models import Widget
from demo import scenario
from demo.demo_tests import CART_ACCESSORY, COMING, EXIT_BUNDLE, RUNNING
from demo.demo_tests.running import BAKING_SEQUENCE
from experiments.assignment.targeting import Context, matches
from experiments.models import Decision, Experiment, Membership, Source, Store, Variant
from tests.factories import NOON, make_experiment, make_order, make_product, make_store

pytestmark = pytest.mark.django_db
PRICES = {"22423": 1275, "22699": 295, "22697": 295, "23170": 165}


@pytest.fixture
def store():
    store = scenario.open_store("http://127.0.0.1:8000")
    for sku, price_minor in PRICES.items():
        make_product(store, sku=sku, price_minor=price_minor)
    return store


def test_open_store_lets_its_own_addresses_call_the_edge_and_keeps_the_others():
    scenario.open_store("http://127.0.0.1:8000")
    Store.objects.update(allowed_origins=["https://shop.example"], name="Renamed")
    store = scenario.open_store("http://127.0.0.1:9000")
    assert set(store.allowed_origins) == {
        "https://shop.example",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://127.0.0.1:9000",
        "http://localhost:9000",
    }
    assert Store.objects.get().name == "Renamed"
    assert store.site_key == "pk_demo"


def test_open_store_previews_in_the_cart_where_the_shop_is_served_now():
    assert scenario.open_store("http://127.0.0.1:8000").preview_page == "http://127.0.0.1:8000/demo/cart/"
    assert scenario.open_store("http://127.0.0.1:9000").preview_page == "http://127.0.0.1:9000/demo/cart/"
    Store.objects.update(preview_url="https://shop.example/cart")
    assert scenario.open_store("http://127.0.0.1:8000").preview_page == "https://shop.example/cart"


def test_launch_compares_the_offers_price_with_what_its_products_cost_alone(store):
    for test, alone_minor in ((CART_ACCESSORY, 1275), (EXIT_BUNDLE, 295 + 295 + 2 * 165)):
        offer = Widget.objects.get(variant__experiment=scenario.launch(store, test)).offer
        assert offer.compare_at_minor == alone_minor
        assert offer.price_minor < alone_minor


def test_launch_counts_the_claim_about_sales(store):
    for sku in ("22423", "22423", "other"):
        make_order(store, source="history", lines=[{"sku": sku, "quantity": 1, "price_minor": 1}])
    widget = Widget.objects.get(variant__experiment=scenario.launch(store, CART_ACCESSORY))
    assert widget.social_proof == "Our best seller: in 2 past orders."
    assert "in 2 früheren" in widget.translations["de"]["social_proof"]


@pytest.mark.slow
def test_launch_caps_orders_at_the_99th_percentile_of_past_ones_without_the_cancelled(store):
    for value in range(1, 201):
        make_order(store, source="history", subtotal_minor=value * 100)
    make_order(store, source="history", subtotal_minor=7_718_360, status="cancelled")
    cap_minor = scenario.launch(store, CART_ACCESSORY).cap_minor
    assert cap_minor == 19_801  # of 100, 200 ... 20,000: 100 + 0.99 x 19,900


def test_launch_twice_keeps_what_somebody_changed(store):
    experiment = scenario.launch(store, CART_ACCESSORY)
    Widget.objects.update(headline="Changed in the admin")
    assert scenario.launch(store, CART_ACCESSORY) == experiment
    assert Widget.objects.get().headline == "Changed in the admin"


@pytest.mark.parametrize("test", [*RUNNING, *COMING], ids=lambda test: test.experiment["key"])
def test_every_text_has_a_german_one(test):
    widgets = [test.widget]
    if test.sequence:
        widgets.append(test.sequence.widget)
    for widget in widgets:
        copy = {"headline", "body", "reason", "social_proof", "accept_label", "decline_label"} & set(widget)
        assert set(widget["translations"]["de"]) == copy


def test_launch_of_a_sequence_shows_the_same_offer_with_and_without_a_second_one_that_fits(store):
    for sku, price_minor in (("22138", 495), ("22666", 295)):
        make_product(store, sku=sku, price_minor=price_minor)
    candidate = LaunchCandidate(scenario.launch(store, BAKING_SEQUENCE), NOON)
    assert {check.state for check in sequences(candidate)} == {"pass"}
    first, second = candidate.widgets.values()
    assert (first.offer, first.headline) == (second.offer, second.headline)
    (next_widget,) = candidate.next_widgets
    assert (next_widget.variant.key, next_widget.offer.key) == ("two", "recipe-box")


def test_the_accessory_is_for_carts_with_something_in_them():
    assert matches(CART_ACCESSORY.experiment["targeting"], Context(cart_value_minor=85))
    assert not matches(CART_ACCESSORY.experiment["targeting"], Context(cart_value_minor=0))


def test_upsells_are_what_the_offers_sell_at_their_price(store):
    (line,) = scenario.upsells_of(scenario.launch(store, EXIT_BUNDLE)).values()
    assert (line.sku, line.quantity, line.price_minor) == ("22699", 1, 750)


def test_admit_user_makes_a_superuser_once_and_keeps_a_changed_password():
    store = make_store()
    scenario.admit_user([store])
    user = User.objects.get()
    assert user.is_superuser
    assert user.check_password("demo")
    user.set_password("another one")
    user.save()
    scenario.admit_user([store, make_store()])
    assert User.objects.get().check_password("another one")
    assert set(Membership.objects.values_list("user__username", "role")) == {("demo", "admin")}
    assert Membership.objects.count() == 2


def test_conclude_hillstrom_writes_the_learning_once():
    experiment = make_experiment(make_store(slug="hillstrom"), key="hillstrom", source=Source.IMPORTED)
    mens = Variant.objects.create(experiment=experiment, key="mens-e-mail", name="Mens E-Mail")
    scenario.conclude_hillstrom()
    experiment.refresh_from_db()
    assert (experiment.decision, experiment.rolled_out_variant) == (Decision.ROLL_OUT, mens)
    assert "1.42" in experiment.learning
    Experiment.objects.update(learning="Mine")
    scenario.conclude_hillstrom()
    assert Experiment.objects.get().learning == "Mine"
