"""A holdout is never rolled out: its verdict says what everything together brings, and what to change."""

from dataclasses import replace
from typing import Any

import pytest

from experiments.models import Source
from experiments.report import Range
from tests.experiments.verdict.figures import LOSS, MINUS, OPEN, WIN, conversion, goal, verdict

HOLDOUT: dict[str, Any] = {"experiment": {"source": Source.HOLDOUT}}


def test_holdout_that_wins_pays_off_and_goes_on():
    found = verdict(goal(sequential=WIN), **HOLDOUT)
    assert (found.code, found.variant) == ("ship", "b")
    assert found.headline.startswith("“B reason” pay off: €0.31 more per visitor (+7.4%).")
    assert found.next_step == "Keep going, and keep the holdout. It shows whether the gain lasts."


def test_holdout_that_loses_says_what_it_costs():
    found = verdict(goal(difference=-31, sequential=LOSS), **HOLDOUT)
    assert found.code == "stop_harm"
    assert found.headline == f"“B reason” cost more than they bring: €0.31 less per visitor ({MINUS}7.4%)."
    assert found.next_step.startswith("Find out what does harm")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"sequential": WIN, "guardrails": [conversion(-0.09, -0.03)]}, "needs_review"),
        ({"sequential": OPEN}, "collecting"),
        ({"sequential": OPEN, "fewest_buyers": 3}, "collecting"),
        ({"sequential": OPEN, "visitors": 0}, "collecting"),
        ({"sequential": (-1.0, 1.0)}, "no_material_difference"),
    ],
)
def test_holdout_never_speaks_of_rolling_out_or_of_the_test(given, code):
    result = goal(sequential=given.pop("sequential"))
    if code == "no_material_difference":
        assert result.sequential is not None
        sequential = replace(result.sequential, relative_low=-0.002, relative_high=0.002)
        result = replace(result, sequential=sequential, main=replace(result.main, lift=Range(0.0, -0.002, 0.002)))
    found = verdict(result, **HOLDOUT, **given)
    assert found.code == code
    for words in ("roll", "Roll", "Conclude", "Stop the test", "control"):
        assert words not in found.next_step
