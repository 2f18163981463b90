"""The pages of offers: what became of each, and what may be changed, by whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from checkout_widgets.models import Offer, Product
from checkout_widgets.offer_days import refresh
from experiments.models import AuditEntry, Experiment, Status, Store
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, report, take
from tests.pair_offers import make_pair_offer

pytestmark = pytest.mark.django_db
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
NAMES = ("name", "price_minor", "compare_at_minor", "stock_limit", "is_active")


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea", currency="EUR")


@pytest.fixture
def offer(store) -> Offer:
    product = factories.make_product(store, title="Cake stand", stock=7, image_url="https://tea.example/stand.png")
    return factories.make_offer(store, product, key="stand", name="Stand beside the cart", price_minor=1990)


@pytest.fixture
def test_of_it(store, offer) -> Experiment:
    experiment = factories.make_experiment(store, key="cart", name="Stand in the cart")
    factories.make_widget(experiment.variants.get(key="treatment"), offer)
    return experiment


def signed_in(store: Store, role: str = "editor") -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def sent(offer: Offer, **changed: object) -> dict[str, object]:
    """What the form sends, with some of it changed."""
    product = offer.items.get().product
    return {
        "name": offer.name,
        "price_minor": "19.90",
        "compare_at_minor": "",
        "stock_limit": "",
        "is_active": "on",
        f"image_url-{product.pk}": product.image_url,
        f"stock-{product.pk}": product.stock,
        **changed,
    }


def test_offers_are_listed_with_what_became_of_them(store, offer, test_of_it):
    variant = test_of_it.variants.get(key="treatment")
    for visitor in ("v_1", "v_2"):
        report(variant, "impression", YESTERDAY, visitor)
    buy(take(offer, variant, YESTERDAY), cost_minor=1000)
    refresh.refresh_all(datetime.now(UTC))
    page = signed_in(store).get("/offers/?store=tea").content.decode()
    for text in ("Stand beside the cart", "€19.90", "7 in stock", "Stand in the cart", "50.0%", "€9.90"):
        assert text in page


def test_offers_of_an_empty_store_say_what_to_do_next(store):
    page = signed_in(store).get("/offers/?store=tea").content.decode()
    assert "No offers yet" in page
    assert "/offers/new/?store=tea" in page
    assert "/offers/new/" not in signed_in(store, "viewer").get("/offers/?store=tea").content.decode()


@pytest.mark.slow
def test_offers_are_found_by_name_product_and_state(store, offer):
    factories.make_offer(store, name="Gift wrap", is_active=False)
    client = signed_in(store)

    def listed(query: str) -> str:
        return client.get(f"/offers/?store=tea&{query}").content.decode()

    assert "Gift wrap" not in listed("q=cake")
    assert "Stand beside" in listed("q=cake")
    assert "Stand beside" not in listed("state=inactive")
    assert "No offers found" in listed("q=nothing%00")


def test_list_of_offers_asks_the_same_few_queries_however_many(store, offer, django_assert_max_num_queries):
    client = signed_in(store)
    for number in range(12):
        factories.make_offer(store, name=f"Offer {number}")
    with django_assert_max_num_queries(20):
        client.get("/offers/?store=tea")


@pytest.mark.slow
def test_editor_changes_an_offer_and_the_trail_says_so(store, offer):
    product = offer.items.get().product
    changed = {"name": "Stand", "price_minor": "17.50", "compare_at_minor": "19.90", f"stock-{product.pk}": "3"}
    answer = signed_in(store).post("/offers/tea/stand/", sent(offer, **changed), follow=True)
    assert "“Stand” is saved." in answer.content.decode()
    offer.refresh_from_db()
    assert [getattr(offer, name) for name in NAMES] == ["Stand", 1750, 1990, None, True]
    assert Product.objects.get().stock == 3
    entry = AuditEntry.objects.get()
    assert entry.experiment is None
    assert entry.detail["price_minor"] == [1990, 1750]
    assert entry.detail[f"{product.sku}: stock"] == [7, 3]


def test_started_test_keeps_price_and_picture_and_says_so(store, offer, test_of_it):
    product = offer.items.get().product
    changed = {"price_minor": "1", f"image_url-{product.pk}": "https://tea.example/other.png", "name": "Stand"}
    client = signed_in(store)
    client.post("/offers/tea/stand/", sent(offer, **changed))
    offer.refresh_from_db()
    assert (offer.name, offer.price_minor) == ("Stand", 1990)
    assert Product.objects.get().image_url == "https://tea.example/stand.png"
    assert AuditEntry.objects.get().experiment == test_of_it
    assert "“Stand in the cart” shows this offer." in client.get("/offers/tea/stand/").content.decode()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.STOPPED, Status.CONCLUDED])
def test_test_that_shows_nobody_anything_holds_no_price(store, offer, test_of_it, status):
    Experiment.objects.update(status=status)
    signed_in(store).post("/offers/tea/stand/", sent(offer, price_minor="15"))
    offer.refresh_from_db()
    assert offer.price_minor == 1500


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("price_minor", "1.999", "EUR has 2 decimals"),
        ("compare_at_minor", "10", "The compare-at price must be higher than the price."),
        ("name", "", "This field is required."),
    ],
)
def test_wrong_values_are_told_beside_their_field(store, offer, field, value, error):
    answer = signed_in(store).post("/offers/tea/stand/", sent(offer, **{field: value}))
    assert answer.status_code == 422
    assert error in answer.content.decode()


def test_viewer_sees_an_offer_and_may_not_change_it(store, offer):
    client = signed_in(store, "viewer")
    assert "Save offer" not in client.get("/offers/tea/stand/").content.decode()
    assert client.post("/offers/tea/stand/", sent(offer)).status_code == 403


def test_another_stores_offer_is_not_found(offer):
    client = signed_in(factories.make_store(slug="coffee"))
    assert client.get("/offers/tea/stand/").status_code == 404
    assert client.get("/offers/coffee/stand/").status_code == 404


@pytest.mark.slow
def test_editor_creates_an_offer_of_a_product(store):
    product = factories.make_product(store, title="Mug")
    client = signed_in(store)
    assert "Mug" in client.get("/offers/new/?store=tea").content.decode()
    assert "Mug" in client.get("/offers/products/?store=tea&q=mu").content.decode()
    assert client.post("/offers/new/?store=tea", {"name": "Mug"}).status_code == 422
    answer = client.post("/offers/new/?store=tea", {"product": product.pk, "kind": "cross_sell"}, follow=True)
    assert "“Mug” is created." in answer.content.decode()
    assert Offer.objects.get().price_minor == 990


def test_editor_creates_an_offer_of_pairs_and_changes_its_discount(store):
    client = signed_in(store)
    assert "The best two pairs" in client.get("/offers/new/?store=tea").content.decode()
    typed = {"pairing": "both", "pair_source": "pinned", "pair_discount": "15", "kind": "cross_sell"}
    page = client.post("/offers/new/?store=tea", typed, follow=True).content.decode()
    assert "“The best two pairs” is created." in page
    assert "Catalog price less 15%" in page
    offer = Offer.objects.get()
    assert (offer.pairing, offer.pair_source, offer.pair_discount, offer.price_minor) == ("both", "pinned", 15, 0)
    changed = {"name": "Two more", "pair_discount": "0", "is_active": "on"}
    answer = client.post(f"/offers/tea/{offer.key}/", changed, follow=True)
    assert "“Two more” is saved." in answer.content.decode()
    offer.refresh_from_db()
    assert (offer.name, offer.pair_discount, offer.price_minor) == ("Two more", 0, 0)
    refused = client.post(f"/offers/tea/{offer.key}/", changed | {"pair_discount": "91"})
    assert refused.status_code == 422
    assert "Catalog price" in client.get("/offers/?store=tea").content.decode()


def test_page_of_an_offer_of_pairs_says_nothing_of_a_price_of_its_own(store):
    offer = make_pair_offer(store, name="Goes with it")
    page = signed_in(store).get(f"/offers/tea/{offer.key}/").content.decode()
    assert "Catalog price" in page
    assert "“€0.00”" not in page
    assert "Owners of which product" not in page
    assert "the accept button says its price" in page


def test_discount_of_pairs_stays_while_a_test_shows_it(store):
    offer = make_pair_offer(store, pair_discount=10)
    factories.make_widget(factories.make_experiment(store).variants.get(key="treatment"), offer)
    changed = {"name": "Other", "pair_discount": "20", "is_active": "on"}
    signed_in(store).post(f"/offers/tea/{offer.key}/", changed)
    offer.refresh_from_db()
    assert (offer.name, offer.pair_discount) == ("Other", 10)


def test_analytics_tell_products_of_pairs_apart(store):
    offer = make_pair_offer(store)
    variant = factories.make_experiment(store).variants.get(key="treatment")
    factories.make_widget(variant, offer)
    report(variant, "impression", YESTERDAY, "v_1", about={"product": "cup + pot"})
    refresh.refresh_all(datetime.now(UTC))
    assert "cup + pot" in signed_in(store).get("/offers/analytics/?store=tea&by=product").content.decode()
