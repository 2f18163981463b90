"""Stages of shoppers are found by digests, whatever else the store has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets import packed_shoppers, shopper_stages
from checkout_widgets.models import ShopperStages
from checkout_widgets.packed_shoppers import key_of
from checkout_widgets.shopper_stages import STAGES, StagesOfShoppers, packed
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from journeys.stages import Stage
from tests import factories
from tests.examples import examples


def digest_with(key: int) -> str:
    return f"{key:016x}" + 16 * "0"


@given(st.dictionaries(st.integers(0, 2**61 - 1).map(lambda key: key * 8), st.sampled_from(STAGES[1:]), max_size=30))
@examples(100)
def test_each_shopper_is_found_at_their_stage_and_nobody_else_is(stages):
    held = StagesOfShoppers.unpacked(packed(stages))
    for key in [*stages, 8]:
        # The lowest bits of a digest say nothing: the stage is there.
        assert held.of(digest_with(key + 5)) == stages.get(key, "")


def test_codes_are_those_of_the_stages():
    assert ("", *Stage.values) == STAGES


def test_visitor_and_customer_of_one_id_and_stores_are_told_apart():
    held = StagesOfShoppers.unpacked(packed({key_of(visitor_digest(1, "7")): "care"}))
    digests = [visitor_digest(1, "7"), customer_digest(1, "7"), visitor_digest(2, "7")]
    assert [held.of(digest) for digest in digests] == ["care", "", ""]


def test_shopper_takes_eight_bytes_and_a_store_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(packed_shoppers, "MOST_ENTRIES", 2)
    assert packed({24: "usage", 8: "care", 16: "waiting"}) == b"".join(key.to_bytes(8, "little") for key in (12, 17))


def test_code_of_a_later_release_is_no_stage():
    assert StagesOfShoppers.unpacked((8 | 7).to_bytes(8, "little")).of(digest_with(8)) == ""


@pytest.mark.django_db
def test_forget_deletes_one_stores_row():
    one, other = factories.make_store(), factories.make_store()
    for store in (one, other):
        shopper_stages.keep(store.pk, {8: "care"})
    shopper_stages.forget(one.pk)
    assert ShopperStages.objects.get().store == other
