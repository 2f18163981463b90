"""Who takes part and in which variant."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from experiments.assignment import allocation
from experiments.assignment.allocation import (
    Split,
    WeightedVariant,
    assign_customer,
    choose_variant,
    is_held_out,
    is_included,
    is_message_held_out,
)
from experiments.assignment.hashing import LARGEST

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "assignment_vectors.json").read_text())
HALVES = (WeightedVariant("control", 1), WeightedVariant("treatment", 1))
visitor_ids = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")
shares = st.floats(0, 1)


@pytest.mark.parametrize("case", VECTORS["variants"], ids=lambda case: f"{case['salt']}-{case['visitor_id']}")
def test_choose_variant_of_frozen_vector_is_unchanged(case):
    arms = [WeightedVariant(**arm) for arm in case["arms"]]
    assert choose_variant(case["salt"], case["visitor_id"], arms) == case["variant"]
    assert is_included(case["salt"], case["visitor_id"], case["traffic_share"]) is case["is_included"]


@pytest.mark.slow
@given(visitor_ids, shares, shares)
def test_ramping_the_traffic_share_moves_nobody_between_variants(visitor_id, first, second):
    low, high = sorted((first, second))
    before = choose_variant("s", visitor_id, HALVES) if is_included("s", visitor_id, low) else None
    after = choose_variant("s", visitor_id, HALVES) if is_included("s", visitor_id, high) else None
    assert before in (None, after)  # who was in stays in, in the same variant


@given(visitor_ids)
def test_is_included_at_the_ends_is_everybody_or_nobody(visitor_id):
    assert is_included("s", visitor_id, 1.0)
    assert not is_included("s", visitor_id, 0.0)
    assert not is_held_out("store", visitor_id, 0.0)
    assert is_held_out("store", visitor_id, 1.0)


@pytest.mark.slow
def test_choose_variant_of_weights_shares_visitors_out_by_weight():
    arms = (WeightedVariant("control", 5), WeightedVariant("first", 3), WeightedVariant("second", 2))
    counts = Counter(choose_variant("weights", f"v_{n}", arms) for n in range(100_000))
    observed = [counts["control"], counts["first"], counts["second"]]
    assert chisquare(observed, [50_000, 30_000, 20_000]).pvalue > 0.001


@pytest.mark.slow
def test_choose_variant_within_a_traffic_share_and_a_holdout_stays_balanced():
    table = [[0, 0], [0, 0], [0, 0]]
    for n in range(100_000):
        visitor_id = f"v_{n}"
        group = 2 if is_held_out("store", visitor_id, 0.2) else int(is_included("s", visitor_id, 0.3))
        table[group][choose_variant("s", visitor_id, HALVES) == "control"] += 1
    assert chi2_contingency(table).pvalue > 0.001


@pytest.mark.parametrize(("point", "variant"), [(0.0, "a"), (0.25, "c"), (0.2499, "a"), (1 - 2**-53, "c")])
def test_choose_variant_at_the_edges_of_ranges_is_half_open(monkeypatch, point, variant):
    monkeypatch.setattr(allocation, "bucket", lambda salt, purpose, visitor_id: point)
    assert (
        choose_variant("s", "v", (WeightedVariant("a", 1), WeightedVariant("b", 0), WeightedVariant("c", 3))) == variant
    )


@given(st.integers(1, 2**40))
def test_choose_variant_of_the_highest_bucket_is_the_last_arm_with_weight(weight):
    arms = (WeightedVariant("a", 1), WeightedVariant("b", weight), WeightedVariant("c", 0))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(allocation, "bucket", lambda salt, purpose, visitor_id: LARGEST)
        assert choose_variant("s", "v", arms) == "b"


@pytest.mark.parametrize("arms", [(), (WeightedVariant("control", 0),)])
def test_choose_variant_without_weight_is_refused(arms):
    with pytest.raises(ValueError, match="positive weight"):
        choose_variant("s", "v", arms)


# worked out with: printf 'tea:message_holdout:i_1' | sha256sum | cut -c1-16, as a share of 2^64
@pytest.mark.parametrize(("key", "place"), [("i_1", 0.62395), ("i_2", 0.19045), ("a_77", 0.24378)])
def test_message_holdout_of_known_digests_has_their_customers_alone(key, place):
    assert not is_message_held_out("tea", key, place - 0.0001)
    assert is_message_held_out("tea", key, place + 0.0001)
    assert not is_message_held_out("tea", key, 0.0)


@pytest.mark.slow
def test_message_holdout_is_independent_of_the_stores_holdout_and_of_variants():
    split = Split(HALVES)
    table = [[0, 0], [0, 0]]
    both = 0
    for n in range(50_000):
        key = f"i_{n}"
        is_out = is_message_held_out("store", key, 0.2)
        table[is_out][assign_customer("s", key, 1.0, split) == "control"] += 1
        both += is_out and is_held_out("store", key, 0.2)
    assert chi2_contingency(table).pvalue > 0.001
    assert 1_850 < both < 2_150  # 2,000 of 50,000 where they are independent, with a standard error of 44


def test_customer_is_assigned_by_the_key_as_a_visitor_by_the_id():
    split = Split(HALVES)
    for n in range(200):
        assert assign_customer("s", f"i_{n}", 1.0, split) == choose_variant("s", f"i_{n}", HALVES)
        expected = choose_variant("s", f"i_{n}", HALVES) if is_included("s", f"i_{n}", 0.5) else ""
        assert assign_customer("s", f"i_{n}", 0.5, split) == expected
