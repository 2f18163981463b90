"""A shop's privacy tools export and erase a visitor."""

import pytest

from checkout_widgets.edge.visitors import VisitorErasure, VisitorExport
from experiments.models import AuditEntry, Exposure, Order
from tests import factories
from tests.described import assert_is

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
