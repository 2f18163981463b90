"""A shop's privacy tools export and erase a visitor."""

import pytest

from checkout_widgets.edge.visitors import VisitorErasure, VisitorExport
from experiments.customer_keys import guest_key
from experiments.models import AuditEntry, Exposure, Order
from tests import factories
from tests.described import assert_is
from tests.experiments.accounting.customers_of_orders import reach

SERVER = {"Authorization": "Bearer sk_shop_0123456789abcdef0123456789abcdef"}


@pytest.fixture
def ask(post):
    def ask(what, visitor_id="v_1"):
        answer = post(f"/v1/visitors/{what}", {"visitor_id": visitor_id}, **SERVER)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


@pytest.fixture
def visitor(store, experiment):
    """A visitor with an order here, another here, and one of the same id in another store."""
    other = factories.make_live_experiment(factories.make_store(), key="other", salt="other")
    factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")
    factories.make_order(store, external_id="1", visitor_id="v_1")
    factories.make_order(store, external_id="2", visitor_id="v_2")
    factories.make_exposure(other.variants.get(key="treatment"), visitor_id="v_1")
    factories.make_order(other.store, external_id="3", visitor_id="v_1")


def test_export_says_everything_about_the_visitor_of_this_store(ask, visitor, store):
    exported = ask("export")
    assert_is(exported, VisitorExport)
    assert [order["external_id"] for order in exported["tables"]["order"]] == ["1"]
    assert [exposure["visitor_id"] for exposure in exported["tables"]["exposure"]] == ["v_1"]
    assert "delivery" not in exported["tables"]
    [entry] = AuditEntry.objects.filter(store=store)
    assert "v_1" not in str(entry.detail)
    assert entry.detail["rows"] >= 2


def test_erasure_forgets_the_visitor_of_this_store(ask, visitor, store):
    erased = ask("erase")
    assert_is(erased, VisitorErasure)
    assert (erased["exposures"], erased["orders"]) == (1, 1)
    assert not Exposure.objects.filter(store=store, visitor_id="v_1").exists()
    assert Order.objects.get(external_id="1").visitor_id == ""
    assert Exposure.objects.filter(visitor_id="v_1").count() == 1
    assert ask("erase")["exposures"] == 0


@pytest.mark.parametrize("what", ["export", "erase"])
def test_public_key_and_unfit_ids_are_refused(post, store, what):
    path = f"/v1/visitors/{what}"
    assert post(path, {"key": "pk_shop", "visitor_id": "v_1"}).status_code == 401
    assert post(path, {"visitor_id": "x" * 65}, **SERVER).json()["error"]["field"] == "visitor_id"
    assert post(path, {"visitor_id": ""}, **SERVER).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("whom", [{"customer_id": "77"}, {"email": "Ada@shop.example"}])
def test_customers_and_guests_are_exported_and_erased_in_this_store_alone(post, store, whom):
    other = factories.make_store()
    for of_store in (store, other):
        key = "i_77" if "customer_id" in whom else guest_key(of_store.pk, "ada@shop.example")
        reach(factories.make_customer_experiment(of_store).variants.get(key="control"), key)
        customer_id = whom.get("customer_id", "")
        factories.make_order(of_store, external_id=of_store.slug, customer_id=customer_id, customer_key=key)
    tables = post("/v1/visitors/export", whom, **SERVER).json()["tables"]
    assert [order["external_id"] for order in tables["order"]] == [store.slug]
    assert len(tables["exposure"]) == 1
    erased = post("/v1/visitors/erase", whom, **SERVER).json()
    assert (erased["exposures"], erased["orders"]) == (1, 1)
    assert list(Exposure.objects.values_list("store", flat=True)) == [other.pk]
    assert Order.objects.exclude(customer_key="").get().store == other
    details = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "customer_sha256" in details
    assert "shop.example" not in details


@pytest.mark.parametrize("what", ["export", "erase"])
@pytest.mark.parametrize("body", [{}, {"visitor_id": "v_1", "customer_id": "77"}, {"customer_id": ""}])
def test_body_that_names_nobody_or_two_is_refused(post, store, what, body):
    assert post(f"/v1/visitors/{what}", body, **SERVER).status_code == 400


def test_export_by_what_is_no_address_is_refused(post, store):
    answer = post("/v1/visitors/export", {"email": "nobody"}, **SERVER)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "email")
