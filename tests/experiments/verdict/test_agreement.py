"""Which decisions go against which verdict; what is expected here was written from the verdicts' meaning, by hand."""

from typing import Any

import pytest

from experiments.models import Decision
from experiments.report import Verdict
from experiments.verdict.agreement import is_against


def verdict(code: Any, variant: str | None = None) -> Verdict:
    return Verdict(code=code, headline="", next_step="", variant=variant, rules=[])


@pytest.mark.parametrize("code", ["collecting", "stop_harm", "no_material_difference", "needs_review", "invalid"])
def test_is_against_without_a_winner_only_a_roll_out_is(code):
    assert is_against(verdict(code), Decision.ROLL_OUT, "treatment")
    assert not is_against(verdict(code), Decision.KEEP_CONTROL, None)
    assert not is_against(verdict(code), Decision.ITERATE, None)


def test_is_against_a_winner_everything_is_but_rolling_it_out():
    won = verdict("ship", "treatment")
    assert not is_against(won, Decision.ROLL_OUT, "treatment")
    assert is_against(won, Decision.ROLL_OUT, "treatment-2")
    assert is_against(won, Decision.KEEP_CONTROL, None)
    assert is_against(won, Decision.ITERATE, None)
