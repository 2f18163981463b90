"""On what a message may rest: worked out by hand, and the same whatever arrives first."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.consent import bases_for, basis_for, basis_of, current_addresses
from journeys.models import ConsentRecord, Sender
from tests import factories
from tests.examples import examples
from tests.factories import NOON, make_address, make_consent, make_contact, make_store

YES, NO, SOFT = "opt_in", "none", "soft_opt_in"


def said(basis: str, minutes: int, *, topic: str = "", source: str = "shopify", categories: tuple[str, ...] = ()):
    record = ConsentRecord(
        basis=basis, topic=topic, source=source, said_at=NOON + timedelta(minutes=minutes), categories=list(categories)
    )
    record.is_soft_allowed = True  # type: ignore[attr-defined]  # as the query annotates it
    return record


@pytest.mark.parametrize(
    ("records", "holds"),
    [
        ([], None),
        ([said(YES, 1)], 0),
        ([said(NO, 1)], None),
        ([said(YES, 1), said(NO, 2)], None),
        ([said(NO, 1), said(YES, 2)], 1),
        ([said(YES, 1), said(NO, 1, source="preferences")], None),  # of the same minute, the stricter
        ([said(SOFT, 1, categories=("tea",))], 0),
        ([said(SOFT, 1, categories=("tea",)), said(SOFT, 2, categories=("cups",))], 0),  # the newest of similar goods
        ([said(SOFT, 1, categories=("cups",))], None),
        ([said(SOFT, 1)], None),  # bought what is in no category: nothing is similar
        ([said(NO, 1), said(SOFT, 2, categories=("tea",))], None),  # an objection ends it
        ([said(YES, 1), said(SOFT, 2, categories=("tea",))], 0),
        ([said(NO, 1), said(YES, 2, topic="care")], 1),
        ([said(YES, 1), said(NO, 2, topic="care")], None),
    ],
)
def test_newest_statement_holds_in_every_order_of_arrival(records, holds):
    expected = None if holds is None else records[holds]
    for order in permutations(records):
        assert basis_of(order, {"tea"}) is expected


statements = st.builds(
    said,
    st.sampled_from([YES, NO, SOFT]),
    st.integers(0, 3),
    topic=st.sampled_from(["", "care"]),
    source=st.sampled_from(["shopify", "preferences", "import"]),
    categories=st.sampled_from([(), ("tea",), ("cups",)]),
)


@pytest.mark.slow
@examples(200)
@given(st.lists(statements, max_size=6).flatmap(lambda records: st.tuples(st.just(records), st.permutations(records))))
def test_consent_depends_on_what_was_said_and_not_on_what_arrived_first(pair):
    records, shuffled = pair
    first, second = basis_of(records, {"tea"}), basis_of(shuffled, {"tea"})
    # Told apart by what they say: two that say the same in all may be either.
    assert (first and contents(first)) == (second and contents(second))
    last = max((record.said_at for record in records if record.basis != SOFT), default=None)
    if any(record.basis == NO and record.said_at == last for record in records):
        assert first is None  # whoever said no last, or at the same time, gets nothing


def contents(record: ConsentRecord) -> tuple[object, ...]:
    return record.basis, record.topic, record.source, record.said_at


@pytest.mark.django_db
def test_bases_for_many_addresses_take_one_query_and_leave_out_other_topics(django_assert_num_queries):
    store = make_store()
    yes, no, other = (make_address(make_contact(store)) for _ in range(3))
    granted = make_consent(yes)
    make_consent(yes, NO, topic="care")
    make_consent(no, NO)
    make_consent(other, YES, topic="care")
    with django_assert_num_queries(1):
        assert bases_for([yes.pk, no.pk, other.pk], "new", NOON) == {yes.pk: granted}


@pytest.mark.django_db
def test_basis_is_what_was_said_until_then():
    address = make_address(make_contact(make_store()))
    granted = make_consent(address, said_at=NOON)
    make_consent(address, NO, said_at=NOON + timedelta(hours=1))
    assert basis_for(address, "", NOON - timedelta(seconds=1)) is None
    assert basis_for(address, "", NOON) == granted
    assert basis_for(address, "", NOON + timedelta(hours=1)) is None


@pytest.mark.django_db
def test_soft_opt_in_holds_only_where_the_store_claims_it_and_for_similar_products():
    store = make_store()
    address = make_address(make_contact(store))
    bought = make_consent(address, SOFT, categories=["tea"])
    assert basis_for(address, "", NOON, categories=["tea"]) is None
    sender = Sender.objects.create(store=store, is_soft_opt_in=True)
    assert basis_for(address, "", NOON, categories=["tea", "cups"]) == bought
    assert basis_for(address, "", NOON, categories=["cups"]) is None
    assert basis_for(address, "", NOON) is None
    Sender.objects.filter(pk=sender.pk).update(is_soft_opt_in=False)
    assert basis_for(address, "", NOON, categories=["tea"]) is None


@pytest.mark.django_db
def test_current_address_is_the_one_that_the_shop_named_last(django_assert_num_queries):
    contact, other = make_contact(make_store()), factories.make_contact(make_store())
    new = make_address(contact, named_at=NOON + timedelta(days=1))
    make_address(contact, named_at=NOON)
    only = make_address(other)
    with django_assert_num_queries(1):
        assert current_addresses([contact.pk, other.pk]) == {contact.pk: new, other.pk: only}
