"""Every expected quantity of every reference case, at its tolerance.

The file is the one that the environment variable STATS_VECTORS names. A kind or a quantity that nothing answers fails.
"""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import statsmodels.api as sm

from tests.experiments.statistics.reference import ANSWERS
from tests.experiments.statistics.reference.fixed_horizon import cuped

VECTORS = Path(os.environ.get("STATS_VECTORS") or Path(__file__).parents[2] / "data" / "stats_vectors.json")
KINDS = json.loads(VECTORS.read_text())["kinds"]
CASES = [pytest.param(kind, case, id=f"{kind}-{case['id']}") for kind, body in KINDS.items() for case in body["cases"]]

Visitors = dict[str, npt.NDArray[np.float64]]


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
        return disagreement_of_lists(answer, expected, unavailable)
    if is_missing(value):
        if answer is None and unavailable:
            return None
        return f"{answer} ({unavailable}) instead of not available"
    if answer is None:
        return f"not available ({unavailable}) instead of {value}"
    if agrees(float(answer), float(value), expected):
        return None
    return f"{answer!r} instead of {value!r}"


def disagreement_of_lists(answer: Any, expected: dict[str, Any], unavailable: str | None) -> str | None:
    """What is wrong with the first wrong entry of a list, or None."""
    values = expected["value"]
    if not isinstance(answer, list | tuple) or len(answer) != len(values):
        return f"{answer} instead of {values}"
    for one, value in zip(answer, values, strict=True):
        # Among several p-values one may be missing, and stays so: that is no answer which the engine owes.
        if value is None and one is None:
            continue
        mismatch = disagreement(one, expected | {"value": value}, unavailable)
        if mismatch is not None:
            return mismatch
    return None


def is_missing(value: Any) -> bool:
    """NaN, or the error of a peer: the engine has to say that it has no answer."""
    return value is None or (isinstance(value, str) and value.startswith("error:")) or math.isnan(float(value))


def agrees(answer: float, value: float, expected: dict[str, Any]) -> bool:
    """Within the relative tolerance, and the absolute one that some notes grant."""
    floor = 1e-13 if "1e-13 absolute" in expected.get("note", "") else 0.0
    return answer == value or abs(answer - value) <= max(expected["tol"] * abs(value), floor)


def test_list_with_missing_entries_is_graded_entry_by_entry() -> None:
    expected = {"value": [0.02, None, 0.03], "tol": 1e-9}
    assert disagreement([0.02, None, 0.03], expected, None) is None
    assert disagreement([0.02, 0.5, 0.03], expected, None) is not None
    assert disagreement([0.02, None, 0.04], expected, None) is not None
    assert disagreement([0.02, None], expected, None) is not None
    # Not a number is another matter: there the engine has to say why.
    assert disagreement([0.02, None, 0.03], {"value": [0.02, "nan", 0.03], "tol": 1e-9}, None) is not None


def visitors(seed: int, n: int) -> Visitors:
    """Orders, their value, and the same of the time before."""
    random = np.random.default_rng(seed)
    before = random.poisson(1.0, n) + 1.0
    spent_before = before * random.lognormal(3.0, 0.4, n)
    orders = random.poisson(0.5 + 0.3 * before).astype(float)
    spent = orders * 20 + 0.3 * spent_before + random.normal(0, 5, n)
    return {"num": spent, "den": orders, "cov": spent_before, "cov_num": spent_before, "cov_den": before}


def arm_of(columns: Visitors) -> dict[str, Any]:
    """An arm as the file has it: sums, sums of squares, and sums of products."""
    names = list(columns)
    arm: dict[str, Any] = {"n": len(columns["num"])}
    for index, name in enumerate(names):
        arm[f"sum_{name}"] = columns[name].sum()
        arm[f"sum_{name}_sq"] = (columns[name] ** 2).sum()
        for other in names[:index]:
            arm[f"sum_{other}_{name}"] = (columns[name] * columns[other]).sum()
    return arm


def linearized(arm: Visitors, top: str, bottom: str | None, together: Visitors) -> npt.NDArray[np.float64]:
    """A ratio as a value per visitor, by the ratio of both arms together; a single column as it is."""
    if bottom is None:
        return arm[top]
    ratio = together[top].sum() / together[bottom].sum()
    centred: npt.NDArray[np.float64] = (arm[top] - ratio * arm[bottom]) / together[bottom].mean()
    return centred


@pytest.mark.parametrize(("top", "bottom"), [("cov", None), ("cov_num", "cov_den")])
def test_ratio_adjusted_by_a_covariate_has_the_slope_of_ordinary_least_squares(top: str, bottom: str | None) -> None:
    names = {"num", "den", top, bottom} - {None}
    arms = [{name: values for name, values in visitors(seed, 4_000).items() if name in names} for seed in (1, 2)]
    together = {name: np.concatenate([arm[name] for arm in arms]) for name in arms[0]}

    answers, unavailable = cuped({"input": {"arms": [arm_of(arm) for arm in arms]}, "expected": {}})

    value = linearized(together, "num", "den", together)
    covariate = linearized(together, top, bottom, together)
    fit = sm.OLS(value, sm.add_constant(covariate)).fit()
    assert unavailable is None
    assert answers["theta"] == pytest.approx(fit.params[1], rel=1e-9)
    assert answers["variance_reduction"] == pytest.approx(fit.rsquared, abs=0.02)
    raw = [arm["num"].sum() / arm["den"].sum() for arm in arms]
    shift = [float(fit.params[1]) * (of_arm(arm, top, bottom) - of_arm(together, top, bottom)) for arm in arms]
    assert answers["diff"] == pytest.approx((raw[1] - shift[1]) - (raw[0] - shift[0]), rel=1e-9)


def of_arm(arm: Visitors, top: str, bottom: str | None) -> float:
    """A column's mean, or a ratio of totals."""
    if bottom is None:
        return float(arm[top].mean())
    return float(arm[top].sum() / arm[bottom].sum())
