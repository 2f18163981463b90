"""Takes the step that was approved, with what it was approved with."""

from collections.abc import Callable

from checkout_widgets.launching import approved_launch
from experiments.models import Approval, ApprovedStep, Decision
from experiments.running import lifecycle


def carry_out(approval: Approval, actor: str) -> None:
    """Take the step. Raises ``LifecycleError``, and ``LaunchRefused`` where the checklist blocks a launch by now."""
    TAKERS[ApprovedStep(approval.step)](approval, actor)


def resume(approval: Approval, actor: str) -> None:
    """Resume the test."""
    lifecycle.resume(experiment=approval.experiment, actor=actor, reason=approval.terms.get("reason", ""))


def end_ramp(approval: Approval, actor: str) -> None:
    """End the ramp."""
    lifecycle.end_ramp(experiment=approval.experiment, actor=actor, reason=approval.terms.get("reason", ""))


def conclude(approval: Approval, actor: str) -> None:
    """Conclude with the decision that was approved."""
    terms, experiment = approval.terms, approval.experiment
    variant = None
    if terms.get("variant"):
        variant = experiment.variants.filter(key=terms["variant"]).first()
    conclusion = lifecycle.Conclusion(
        decision=Decision(terms["decision"]),
        rolled_out_variant=variant,
        learning=terms.get("learning", ""),
        next_step=terms.get("next_step", ""),
    )
    lifecycle.conclude(experiment=experiment, actor=actor, conclusion=conclusion, reason=terms.get("reason", ""))


TAKERS: dict[ApprovedStep, Callable[[Approval, str], object]] = {
    ApprovedStep.LAUNCH: approved_launch.launch_as_approved,
    ApprovedStep.RESUME: resume,
    ApprovedStep.END_RAMP: end_ramp,
    ApprovedStep.CONCLUDE: conclude,
}
