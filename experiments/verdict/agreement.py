"""Whether a decision agrees with the verdict that it is made on."""

from experiments.models import Decision
from experiments.report import Verdict


def is_against(verdict: Verdict, decision: Decision, variant: str | None) -> bool:
    """Whether the verdict says otherwise: something is rolled out that hasn't won, or a winner isn't.

    ``variant`` is the key of what is rolled out. To keep control while a test is undecided is no such decision.
    """
    has_won = verdict.code == "ship"
    if decision == Decision.ROLL_OUT:
        return not has_won or verdict.variant not in {None, variant}
    return has_won
