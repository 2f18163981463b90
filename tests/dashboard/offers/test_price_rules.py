"""A store's rules of prices, in the console."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import PriceChange
from experiments.models import AuditEntry, Role, Store
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/offers/price-rules/"


@pytest.fixture
def store() -> Store:
    return factories.make_store()


def client_of(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def rules(store: Store) -> tuple[str, bool]:
    store.refresh_from_db()
    return store.compare_at_rule, store.is_personal_price_marked


def test_admin_sets_the_rules_and_the_trail_says_so(store):
    typed = {"compare_at_rule": "lowest", "is_personal_price_marked": "on"}
    answer = client_of(store, Role.ADMIN).post(URL, typed)
    assert answer.status_code == 302
    assert rules(store) == ("lowest", True)
    entry = AuditEntry.objects.get()
    assert (entry.reason, set(entry.detail)) == ("Price rules", {"compare_at_rule", "is_personal_price_marked"})


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_others_read_the_rules_and_cannot_set_them(store, role):
    client, before = client_of(store, role), rules(store)
    assert "Only admins of the store can change this." in client.get(URL).content.decode()
    assert client.post(URL, {"compare_at_rule": "lowest"}).status_code == 403
    assert rules(store) == before


def test_unknown_rule_is_refused_and_nothing_changes(store):
    before = rules(store)
    assert client_of(store, Role.ADMIN).post(URL, {"compare_at_rule": "any"}).status_code == 422
    assert rules(store) == before


def test_offer_that_breaks_the_rule_is_listed_with_its_fix(store):
    product = factories.make_product(store, price_minor=900)
    PriceChange.objects.filter(product=product).update(at=timezone.now() - timedelta(days=200))
    factories.make_offer(store, product, name="Balm", price_minor=500, compare_at_minor=1500)
    page = client_of(store, Role.VIEWER).get(URL).content.decode()
    assert ">Balm</a>" in page
    assert "Set the compare-at price to €9.00 or less" in page
