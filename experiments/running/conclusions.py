"""What a test is concluded with, and what an approval of it is about."""

from dataclasses import dataclass
from typing import Any

from experiments.models import Decision, Experiment, Variant
from experiments.snapshots import analyse
from experiments.verdict.agreement import is_against


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a test is concluded with: the decision, the variant of a roll-out, and what people learned of it."""

    decision: Decision
    rolled_out_variant: Variant | None = None
    learning: str = ""
    next_step: str = ""


def terms_of(experiment: Experiment, conclusion: Conclusion) -> dict[str, Any]:
    """Return what an approval of a conclusion is about: the decision, and the verdict where the store looks at it."""
    decision, variant = conclusion.decision, conclusion.rolled_out_variant
    terms: dict[str, Any] = {"decision": decision.value, "variant": None}
    if decision == Decision.ROLL_OUT and variant is not None:
        terms["variant"] = variant.key
    if not experiment.store.approval_rules:
        return terms  # an analysis takes its time
    verdict = analyse(experiment).verdict
    terms["verdict"] = [verdict.code, verdict.variant]
    terms["is_against_verdict"] = is_against(verdict, decision, terms["variant"])
    return terms
