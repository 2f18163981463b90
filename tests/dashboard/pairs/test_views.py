"""The pages of product pairs: read by members, changed by editors."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import ChosenPair, PairsCount, Product, ProductPair
from experiments.models import AuditEntry, Role, Store
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/offers/pairs/?store=tea"


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea", name="Tea shop")


@pytest.fixture
def tea(store: Store) -> Product:
    """Tea, with which cups are bought, and tins later."""
    tea = factories.make_product(store, sku="tea", title="Green tea", category="Drinks")
    cup = factories.make_product(store, sku="cup", title="Cup")
    tin = factories.make_product(store, sku="tin", title="Tin")
    counts = {"count": 539, "base": 1100, "customers": 539, "customers_base": 1000}
    few = {"count": 34, "base": 110, "customers": 34, "customers_base": 100}
    ProductPair.objects.create(store=store, product=tea, suggested=cup, basis="same_order", rank=1, score=0.4, **counts)
    ProductPair.objects.create(store=store, product=tea, suggested=tin, basis="later", rank=1, score=0.1, **few)
    now = timezone.now()
    PairsCount.objects.create(store=store, counted_at=now, since=now - timedelta(days=365), orders=1234, products=1)
    return tea


def client_of(store: Store, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role))
    return client


def text(client: Client, url: str = URL) -> str:
    return client.get(url).content.decode()


def test_list_says_how_often_products_are_bought_together_and_later(store, tea):
    page = text(client_of(store, Role.VIEWER))
    assert "Green tea" in page
    assert "539 of 1,100 orders" in page
    assert "34 of 110 customers" in page
    assert "in 1,234 orders of the last 365 days" in page
    assert "Pin or ban" not in page  # a viewer changes nothing
    assert "No products found" in text(client_of(store), f"{URL}&q=coffee")


def test_list_without_anything_says_what_to_do_next(store):
    client = client_of(store)
    assert "No products yet" in text(client)
    factories.make_product(store, sku="tea")
    assert "No orders yet" in text(client)
    factories.make_order(store)
    assert "Not counted yet" in text(client)
    client.post("/offers/pairs/tea/count/")
    client.post("/offers/pairs/tea/count/")
    assert ProcrastinateJob.objects.filter(task_name__endswith="count_pairs").count() == 1  # asked for twice
    assert "Your orders are being counted" in text(client)


def test_product_says_what_may_be_said_of_its_pairs(store, tea):
    page = text(client_of(store), f"/offers/pairs/tea/{tea.pk}/")
    assert "“Most customers”, or “53% of customers”" in page
    assert "95%: 50.8% to 57.0%" in page
    assert "No number: too few customers to be sure" in page


def test_editor_pins_and_bans_beside_a_product_and_releases_again(store, tea):
    client, url = client_of(store), f"/offers/pairs/tea/{tea.pk}/"
    client.post(url, {"suggested": "tin", "act": "pin", "reason": "Keeps it fresh"})
    client.post(url, {"suggested": "cup", "act": "ban"})
    page = text(client, url)
    assert "Keeps it fresh" in page
    assert "539 of" not in page  # banned
    for choice in ChosenPair.objects.all():
        client.post(f"/offers/pairs/tea/choices/{choice.pk}/release/")
    assert "539 of 1,100 orders" in text(client, url)
    trail = AuditEntry.objects.order_by("pk").values_list("action", "reason")
    assert list(trail) == [
        ("pair_pinned", "Keeps it fresh"),
        ("pair_banned", ""),
        ("pair_released", "Keeps it fresh"),
        ("pair_released", ""),
    ]


def test_editor_bans_a_product_for_a_category_or_everywhere(store, tea):
    client, url = client_of(store), f"/offers/pairs/tea/{tea.pk}/"
    client.post(URL, {"beside": "Drinks", "suggested": "cup", "act": "ban"})
    client.post(URL, {"beside": "", "suggested": "tin", "act": "ban"})
    page = text(client, url)
    assert "Nothing was bought with it in at least 20 orders." in page
    assert "Nothing was bought later by at least 20 customers." in page
    assert "All products" in text(client)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"suggested": "vase", "act": "pin"}, "No product of this store has the SKU “vase”."),
        ({"suggested": "tea", "act": "pin"}, "be suggested with itself"),
        ({"suggested": "", "act": "pin"}, "This field is required."),
        ({"suggested": "cup", "act": "eat"}, "Choose one from the list."),
        ({"suggested": "foreign", "act": "pin"}, "No product of this store has the SKU “foreign”."),
    ],
)
def test_wrong_pair_is_refused_with_what_to_do(store, tea, fields, said):
    factories.make_product(factories.make_store(slug="other"), sku="foreign")
    answer = client_of(store).post(f"/offers/pairs/tea/{tea.pk}/", fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ChosenPair.objects.exists()


def test_pair_of_nothing_or_twice_is_refused(store, tea):
    client = client_of(store)
    answer = client.post(URL, {"beside": "", "suggested": "cup", "act": "pin"})
    assert "Choose the product or the category that it goes with." in answer.content.decode()
    fields = {"beside": "Drinks", "suggested": "cup", "act": "pin"}
    client.post(URL, fields)
    assert "This pair is pinned or banned already." in client.post(URL, fields).content.decode()


def test_viewer_changes_nothing(store, tea):
    choice = ChosenPair.objects.create(store=store, product=tea, suggested=tea)
    client = client_of(store, Role.VIEWER)
    for url in (URL, f"/offers/pairs/tea/{tea.pk}/", "/offers/pairs/tea/count/"):
        assert client.post(url, {"suggested": "cup", "act": "pin"}).status_code == 403
    assert client.post(f"/offers/pairs/tea/choices/{choice.pk}/release/").status_code == 403
    assert ChosenPair.objects.count() == 1
