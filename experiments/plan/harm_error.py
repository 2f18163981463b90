"""How much error each way of finding harm may spend: the goal's looks, the time between them, and the guardrails.

Wins have half of alpha. Since version 3 of the plan's rules all ways of finding harm together have the other half:
before, the goal's looks had nearly all of it, and each guardrail spent on top.
"""

from experiments.models import PlanVersion
from experiments.plan.scheduled_looks import BETWEEN_LOOKS

# Of harm's half, for the goal's looks. What is left is enough for what guardrails really spend by the planned end
# (docs/statistics.md has the simulation): an always-valid interval may go on for ever, and so spends little in any
# test, and it has to pass a margin.
OF_LOOKS_SHARED = 0.7


def share_of_looks(version: int) -> float:
    """Return which share of harm's half of alpha the goal's looks may spend."""
    if version >= PlanVersion.SHARED:
        return OF_LOOKS_SHARED
    return 1 - BETWEEN_LOOKS


def guardrail_alpha(alpha: float, version: int, guardrails: int) -> float:
    """Return the level of one guardrail's always-valid interval, in a test with so many guardrails."""
    if version < PlanVersion.SHARED:
        return alpha
    # Bonferroni: simple, and valid however the guardrails hang together.
    return alpha / max(guardrails, 1)
