"""What the ribbon says about the visitor."""

import pytest

from experiments.models import Status
from tests.demo.store.conftest import add
from tests.factories import make_experiment

pytestmark = pytest.mark.django_db


def test_visitor_sees_the_variant_that_the_hash_gives(shopper, store):
    experiment = make_experiment(store, key="cart-accessory", name="Accessory", salt="cart-accessory")
    make_experiment(store, status=Status.DRAFT)
    make_experiment()
    (row,) = shopper.get("/demo/visitor/?id=v_1").json()["experiments"]
    assert (row["name"], row["moment"]) == ("Accessory", "Cart")
    assert row["variant"] in {variant.name or variant.key for variant in experiment.variants.all()}
    assert row["report_url"] == "/tests/demo/cart-accessory/"


def test_visitor_outside_the_traffic_share_is_not_in_the_test(shopper, store):
    make_experiment(store, traffic_share=0)
    (row,) = shopper.get("/demo/visitor/?id=v_1").json()["experiments"]
    assert row["variant"] == "Not in the test"


@pytest.mark.parametrize("visitor_id", ["", "a b", "x" * 65, "%00", "%3Cscript%3E"])
def test_visitor_with_a_strange_id_is_refused(shopper, visitor_id):
    assert shopper.get(f"/demo/visitor/?id={visitor_id}").status_code == 400


def test_new_visitor_forgets_cart_and_cookie(shopper):
    add(shopper, "22423")
    shopper.cookies["upsell_visitor"] = "v_1"
    response = shopper.post("/demo/visitor/new/")
    assert response.cookies["upsell_visitor"].value == ""
    assert shopper.get("/demo/cart/").context["cart"].count == 0


def test_new_visitor_needs_a_post(shopper):
    assert shopper.get("/demo/visitor/new/").status_code == 405
