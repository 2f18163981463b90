"""Every expected quantity of every reference case, at its tolerance.

The file is the one that the environment variable STATS_VECTORS names. A kind or a quantity that nothing answers fails.
"""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.statistics.reference import ANSWERS

VECTORS = Path(os.environ.get("STATS_VECTORS") or Path(__file__).parents[2] / "data" / "stats_vectors.json")
KINDS = json.loads(VECTORS.read_text())["kinds"]
CASES = [pytest.param(kind, case, id=f"{kind}-{case['id']}") for kind, body in KINDS.items() for case in body["cases"]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_cases_and_an_answer(kind: str) -> None:
    assert KINDS[kind]["cases"]
    assert kind in ANSWERS


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_answers_agree_with_the_reference(kind: str, case: dict[str, Any]) -> None:
    answers, unavailable = ANSWERS[kind](case)
    for quantity, expected in case["expected"].items():
        assert quantity in answers, f"nothing answers {quantity}"
        mismatch = disagreement(answers[quantity], expected, unavailable)
        assert mismatch is None, f"{quantity}: {mismatch}"


def disagreement(answer: Any, expected: dict[str, Any], unavailable: str | None) -> str | None:
    """What is wrong with an answer, or None."""
    value = expected["value"]
    if isinstance(value, list):
        if not isinstance(answer, list | tuple) or len(answer) != len(value):
            return f"{answer} instead of {value}"
        pairs = zip(answer, value, strict=True)
        return next((d for a, v in pairs if (d := disagreement(a, expected | {"value": v}, unavailable))), None)
    if is_missing(value):
        return None if answer is None and unavailable else f"{answer} ({unavailable}) instead of not available"
    if answer is None:
        return f"not available ({unavailable}) instead of {value}"
    return None if agrees(float(answer), float(value), expected) else f"{answer!r} instead of {value!r}"


def is_missing(value: Any) -> bool:
    """NaN, or the error of a peer: the engine has to say that it has no answer."""
    return value is None or (isinstance(value, str) and value.startswith("error:")) or math.isnan(float(value))


def agrees(answer: float, value: float, expected: dict[str, Any]) -> bool:
    """Within the relative tolerance, and the absolute one that some notes grant."""
    floor = 1e-13 if "1e-13 absolute" in expected.get("note", "") else 0.0
    return answer == value or abs(answer - value) <= max(expected["tol"] * abs(value), floor)
