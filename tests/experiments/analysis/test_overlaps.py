"""Interaction and displacement between two tests, from counts: Q and shares by hand, and the words."""

from math import log
from typing import Any

import pytest
from scipy.stats import chi2

from experiments.analysis.overlaps import overlap_results
from experiments.models import Experiment, Overlap, Store, Variant
from experiments.report import OverlapResult
from tests.factories import NOON

VALUE = 4_000
VARIANTS = [Variant(key="control", is_control=True), Variant(key="treatment")]
Rows = list[tuple[str, str, int, int]]


class OtherTest:
    """A test that isn't in a database."""

    key, name = "dialog", "Exit dialog"

    class variants:
        @staticmethod
        def all() -> list[Variant]:
            return [Variant(key="off", name="No dialog"), Variant(key="on", name="Dialog")]


def overlap(rows: Rows, **fields: int) -> Any:
    """Visitors and buyers by variant here and there; each buys for one of two values."""
    cells = []
    for variant, other_variant, visitors, buyers in rows:
        cell = dict.fromkeys(("earlier", "declined", "declined_earlier"), 0) | {
            "variant": variant,
            "other_variant": other_variant,
            "visitors": visitors,
            "buyers": buyers,
            "revenue": buyers * VALUE,
            "revenue_squared": buyers * (VALUE**2 + 1_000_000),
        }
        if variant == "treatment":
            cell |= fields
        cells.append(cell)
    row = Overlap(counted_at=NOON, cells=cells)
    row._state.fields_cache["other"] = OtherTest()
    return row


def result_of(rows: Rows, **fields: int) -> OverlapResult:
    experiment = Experiment(store=Store(slug="shop"), key="cart")
    (result,) = overlap_results(experiment, VARIANTS, [overlap(rows, **fields)])
    return result


EVEN: Rows = [
    ("control", "off", 5_000, 250),
    ("control", "on", 5_000, 300),
    ("treatment", "off", 5_000, 275),
    ("treatment", "on", 5_000, 330),
]


def test_effect_that_is_the_same_in_both_variants_is_no_interaction():
    result = result_of(EVEN)
    assert not result.is_interacting
    assert result.interaction_text.startswith("No sign that the effect depends")
    assert [effect.name for effect in result.effects] == ["No dialog", "Dialog"]
    assert [effect.visitors for effect in result.effects] == [10_000, 10_000]
    assert [effect.lift and effect.lift.estimate for effect in result.effects] == pytest.approx([0.1, 0.1])


def test_effect_that_depends_on_the_other_tests_variant_is_said():
    rows: Rows = [*EVEN[:3], ("treatment", "on", 5_000, 200)]
    result = result_of(rows)
    effects = [
        (log(275 / 250), 1 / 250 + 1 / 275 - 2 / 5_000),
        (log(200 / 300), 1 / 300 + 1 / 200 - 2 / 5_000),
    ]
    q = (effects[0][0] - effects[1][0]) ** 2 / (effects[0][1] + effects[1][1])
    assert (result.metric, result.is_interacting) == ("conversion", True)
    assert (result.q, result.df, result.p_value) == pytest.approx((q, 1, chi2.sf(q, 1)), rel=1e-6)
    # Holm over the two metrics, of which this is the clearer
    assert result.corrected_p_value == pytest.approx(2 * chi2.sf(q, 1), rel=1e-6)
    assert "The effect on conversion depends on the variant there" in result.interaction_text


def test_visitors_whom_the_treatment_keeps_from_the_other_test_are_counted():
    rows: Rows = [
        ("control", "off", 1_000, 50),
        ("control", "", 9_000, 450),
        ("treatment", "off", 800, 40),
        ("treatment", "", 9_200, 460),
    ]
    result = result_of(rows, declined=900)
    assert (result.share_in_control, result.share_in_treatment) == pytest.approx((0.1, 0.08))
    assert (result.displaced, result.is_displacing) == (200, True)
    assert (result.visitors, result.shared, result.declined) == (20_000, 1_800, 1_800)
    assert (
        "Fewer visitors see that test later than in control: 8.00% against 10.0%. It loses about 200 visitors"
        in result.displacement_text
    )
    # of 1,800 who declined, 900 are in the other test
    assert "1,800 visitors declined this offer; of those who decline, 50.0% see that test later" in (
        result.displacement_text
    )


def test_visitors_who_saw_the_other_test_before_are_none_that_it_lost():
    rows: Rows = [
        ("control", "off", 1_000, 50),
        ("control", "", 9_000, 450),
        ("treatment", "off", 1_200, 60),
        ("treatment", "", 8_800, 440),
    ]
    result = result_of([row for row in rows if row[0] == "control"] + rows[2:], earlier=0)
    assert result.displaced == -200
    assert result.displacement_text.startswith("More visitors see that test later")
    experiment = Experiment(store=Store(slug="shop"), key="cart")
    row = overlap(rows)
    row.cells[2]["earlier"] = 400
    (result,) = overlap_results(experiment, VARIANTS, [row])
    assert result.share_in_treatment == pytest.approx(800 / 9_600)


def test_equal_shares_are_said_and_p_values_count_all_pairs():
    experiment = Experiment(store=Store(slug="shop"), key="cart")
    rows: Rows = [*EVEN, ("control", "", 500, 10), ("treatment", "", 500, 10)]
    results = overlap_results(experiment, VARIANTS, [overlap(rows), overlap(rows)])
    assert [result.displacement_text for result in results] == [
        "As many visitors see that test later as in control: 95.2% and 95.2%."
    ] * 2
    assert [result.difference_p_value for result in results] == [1.0, 1.0]


def test_tests_that_share_nobody_are_left_out():
    experiment = Experiment(store=Store(slug="shop"), key="cart")
    assert overlap_results(experiment, VARIANTS, [overlap([("control", "", 9, 1), ("treatment", "", 9, 1)])]) == []


def test_pair_with_few_orders_has_no_effects():
    result = result_of([("control", "off", 100, 9), ("treatment", "off", 100, 20)])
    assert result.effects == []
    assert result.interaction_text.startswith("Too few orders")
