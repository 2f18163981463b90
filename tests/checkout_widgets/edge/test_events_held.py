"""What a visitor has already, as they said when they declined it, isn't offered to them again."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from checkout_widgets import held_products
from checkout_widgets.edge import loading
from checkout_widgets.erasure import erase_visitor
from checkout_widgets.held_products import ProductsOfShoppers
from checkout_widgets.models import HeldByShoppers, HeldProduct
from checkout_widgets.silenced_shoppers import visitor_digest
from tests import factories
from tests.checkout_widgets.edge.conftest import SHOP
from tests.factories import NOON


@pytest.fixture
def say(post, visitor_in):
    """Says why a visitor declined; returns the visitor."""

    def say(reason: Any, **props: Any) -> str:
        visitor_id: str
        visitor_id, decision = visitor_in("treatment")
        event = {
            "id": str(uuid4()),
            "type": "reason",
            "at": datetime.now(UTC).isoformat(),
            "exposure_token": decision["exposure_token"],
            "props": {"reason": reason, **props},
        }
        for _ in range(2):  # sent again, it counts once
            answer = post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]}, Origin=SHOP)
            assert answer.json()["rejected"] == []
        return visitor_id

    return say


def test_visitor_who_has_it_gets_no_offer_of_it_and_others_do(store, experiment, decide, say):
    visitor_id = say("have_it")
    sku = experiment.variants.get(key="treatment").widget.offer.items.get().product.sku
    assert list(HeldProduct.objects.values_list("store", "visitor_id", "sku")) == [(store.pk, visitor_id, sku)]
    assert decide(visitor_id)["experiment"] == "cart-accessory"
    held_products.note_all()
    assert decide(visitor_id)["reason"] == "not_targeted"
    assert decide("v_another")["experiment"] == "cart-accessory"


@pytest.mark.parametrize("reason", ["too_expensive", "not_now", "zz", None, ["have_it"]])
def test_other_reasons_leave_the_product_where_it_is(store, experiment, decide, say, reason):
    visitor_id = say(reason)
    held_products.note_all()
    assert not HeldProduct.objects.exists()
    assert decide(visitor_id)["experiment"] == "cart-accessory"


def test_step_that_the_token_does_not_offer_is_of_the_first_offer(store, experiment, say):
    say("have_it", step="accepted")
    assert HeldProduct.objects.count() == 1


def held_of(store, visitor_id: str) -> set[str]:
    held = loading.load().by_site_key[store.site_key].held
    return set() if held is None else set(held.of(visitor_digest(store.pk, visitor_id)))


def test_edges_are_told_when_something_has_changed_and_forget_the_erased(db):
    store, other = factories.make_store(), factories.make_store()
    held_products.hold(store.pk, "v_1", ["Tea", "pot"], NOON)
    held_products.hold(store.pk, "v_1", ["pot"], NOON)
    held_products.hold(other.pk, "v_2", ["cup"], NOON)
    held_products.note_all()
    assert [held_of(store, "v_1"), held_of(store, "v_2"), held_of(other, "v_2")] == [{"tea", "pot"}, set(), {"cup"}]
    version = loading.current_version()
    held_products.note_all()
    assert loading.current_version() == version
    erase_visitor(store, "v_1", actor="ada")
    held_products.note_all()
    assert held_of(store, "v_1") == set()
    assert HeldByShoppers.objects.get().store == other


def test_packed_products_are_found_by_digest():
    first, second = "8" * 64, "9" * 64
    entries = [(0x8888_8888_8888_0000, 1), (0x9999_9999_9999_0000, 0), (1 << 20, 0)]
    held = ProductsOfShoppers.unpacked(["a", "b"], ProductsOfShoppers.packed(entries))
    assert [set(held.of(digest)) for digest in (first, second, "7" * 64)] == [{"b"}, {"a"}, set()]
