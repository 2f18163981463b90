"""The hash that assigns visitors: frozen, uniform, independent between purposes and salts."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from experiments.assignment import hashing
from experiments.assignment.hashing import bucket

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "assignment_vectors.json").read_text())


class Digest:
    def __init__(self, value: bytes) -> None:
        self.value = value

    def digest(self) -> bytes:
        return self.value


@pytest.mark.parametrize("case", VECTORS["buckets"], ids=lambda case: f"{case['purpose']}-{case['visitor_id']}")
def test_bucket_of_frozen_vector_is_unchanged(case):
    assert bucket(case["salt"], case["purpose"], case["visitor_id"]) == case["bucket"]


def test_bucket_of_highest_hash_stays_below_1(monkeypatch):
    monkeypatch.setattr(hashing, "sha256", lambda data: Digest(b"\xff" * 32))
    assert 0.9999 < bucket("salt", "include", "v") < 1


@pytest.mark.slow
@given(st.text(max_size=20).filter(lambda text: text.isprintable()), st.sampled_from(["include", "variant", "holdout"]))
def test_bucket_of_any_visitor_is_half_open_and_repeatable(visitor_id, purpose):
    first = bucket("salt", purpose, visitor_id)
    assert 0 <= first < 1
    assert bucket("salt", purpose, visitor_id) == first


@pytest.mark.slow
def test_bucket_of_a_million_ids_is_uniform():
    points = np.fromiter((bucket("uniform", "variant", f"v_{n}") for n in range(1_000_000)), float, 1_000_000)
    counts, _ = np.histogram(points, bins=1000, range=(0, 1))
    assert chisquare(counts).pvalue > 0.001


@pytest.mark.slow
def test_bucket_of_three_purposes_and_two_salts_is_independent():
    ids = [f"v_{n}" for n in range(200_000)]
    columns = [
        np.fromiter((bucket(salt, purpose, visitor_id) for visitor_id in ids), float, len(ids))
        for salt, purpose in [("a", "include"), ("a", "variant"), ("a", "holdout"), ("b", "variant"), ("a", "include")]
    ]
    for first, second in pairwise(columns):
        table, _, _ = np.histogram2d(first, second, bins=10, range=[[0, 1], [0, 1]])
        assert chi2_contingency(table).pvalue > 0.001
