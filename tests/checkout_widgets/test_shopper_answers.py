"""Answers of shoppers are found by digests, all of a shopper's and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets import packed_shoppers, shopper_answers
from checkout_widgets.models import ShopperAnswers
from checkout_widgets.packed_shoppers import key_of
from checkout_widgets.shopper_answers import AnswersOfShoppers
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from tests import factories
from tests.examples import examples

TAGS = ("comfort", "look", "speed")
KEYS = st.integers(0, 2**56 - 1).map(lambda key: key * 256)


def digest_with(key: int) -> str:
    return f"{key:016x}" + 16 * "0"


@given(st.dictionaries(KEYS, st.frozensets(st.sampled_from(TAGS), min_size=1), max_size=20))
@examples(100)
def test_each_shopper_has_all_of_their_answers_and_nobody_elses(answers):
    entries = [(key, TAGS.index(tag)) for key, tags in answers.items() for tag in tags]
    held = AnswersOfShoppers.unpacked(TAGS, AnswersOfShoppers.packed(entries))
    for key in [*answers, 256]:
        # The lowest bits of a digest say nothing: the tag is there.
        assert held.of(digest_with(key + 77)) == answers.get(key, frozenset())


def test_visitor_and_customer_of_one_id_and_stores_are_told_apart():
    held = AnswersOfShoppers.unpacked(TAGS, AnswersOfShoppers.packed([(key_of(visitor_digest(1, "7")), 0)]))
    digests = [visitor_digest(1, "7"), customer_digest(1, "7"), visitor_digest(2, "7")]
    assert [held.of(digest) for digest in digests] == [{"comfort"}, set(), set()]


def test_answer_takes_eight_bytes_once_and_a_store_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(packed_shoppers, "MOST_ENTRIES", 2)
    assert AnswersOfShoppers.packed([(512, 1), (256, 2), (512, 1), (768, 0)]) == b"".join(
        n.to_bytes(8, "little") for n in (258, 513)
    )


def test_place_without_a_tag_is_no_answer():
    assert AnswersOfShoppers.unpacked(TAGS, AnswersOfShoppers.packed([(256, 3)])).of(digest_with(256)) == set()


@pytest.mark.django_db
def test_forget_deletes_one_stores_row():
    one, other = factories.make_store(), factories.make_store()
    for store in (one, other):
        shopper_answers.keep(store.pk, TAGS, [(256, 0)], "one")
    shopper_answers.forget(one.pk)
    assert ShopperAnswers.objects.get().store == other
    assert [shopper_answers.made_from(store.pk) for store in (one, other)] == ["", "one"]
