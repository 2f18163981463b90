"""The steps of a test's life that can be taken from its report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboard.report.forms import ConcludeForm, SafeStepForm, StepForm
from experiments.models import Decision, Experiment, Source, Status
from experiments.report import Verdict
from experiments.running import lifecycle
from experiments.snapshots import analyse
from experiments.verdict.agreement import is_against

# By the verdict's code; under any other verdict the decision is left to the reader.
SUGGESTIONS = {
    "ship": Decision.ROLL_OUT,
    "stop_harm": Decision.KEEP_CONTROL,
    "no_material_difference": Decision.KEEP_CONTROL,
}


@dataclass(frozen=True)
class LifecycleStep:
    """A step: its button, what its dialog says, and what takes it.

    - ``target``: the status that it leads to.
    - ``opens``: when it can be taken, where that isn't whenever the target may follow.
    - ``is_danger``: it can't be undone, and its button says so.
    """

    name: str
    label: str | Promise
    title: str | Promise
    explanation: str | Promise
    confirm: str | Promise
    target: Status
    take: Callable[..., Any]
    form_class: type[StepForm] = StepForm
    opens: Callable[[Experiment], bool] | None = None
    is_danger: bool = False

    def form_for(
        self, experiment: Experiment, verdict: Verdict | None = None, *, data: QueryDict | None = None
    ) -> StepForm:
        """Return the step's form with what was sent, else with what the verdict suggests."""
        initial = {}
        if verdict:
            initial = suggested(verdict, experiment)
        return self.form_class(data, experiment=experiment, initial=initial, auto_id=f"{self.name}-%s")

    def is_open(self, experiment: Experiment) -> bool:
        """Whether the test can take the step now; a holdout never can: it follows the share in the settings."""
        if experiment.source == Source.HOLDOUT:
            return False
        if experiment.source == Source.IMPORTED and self.target != Status.CONCLUDED:
            return False
        if self.opens:
            return self.opens(experiment)
        return self.target in lifecycle.NEXT[Status(experiment.status)]

    def is_called_for(self, experiment: Experiment, verdict: Verdict) -> bool:
        """Whether it is what to do next: to conclude a test that is over or whose verdict is clear."""
        if self.target != Status.CONCLUDED:
            return False
        return verdict.code in SUGGESTIONS or experiment.status == Status.STOPPED


def is_ramping(experiment: Experiment) -> bool:
    """Whether it lets in more visitors step by step."""
    return experiment.status == Status.RUNNING and experiment.is_ramping


def is_paused(experiment: Experiment) -> bool:
    """Whether it has been running before."""
    return experiment.status == Status.PAUSED


def is_rolled_out(experiment: Experiment) -> bool:
    """Whether visitors see its winner."""
    return experiment.status == Status.CONCLUDED and experiment.decision == Decision.ROLL_OUT


def suggested(verdict: Verdict, experiment: Experiment) -> dict[str, Any]:
    """Return the decision that a clear verdict calls for, for the form to begin with; nothing before it is clear."""
    if verdict.code not in SUGGESTIONS:
        return {}
    decision = SUGGESTIONS[verdict.code]
    if decision != Decision.ROLL_OUT:
        return {"decision": decision}
    variants = {variant.key: variant for variant in experiment.variants.all()}
    return {"decision": decision, "rolled_out_variant": variants.get(verdict.variant or "")}


def conclude(*, experiment: Experiment, actor: str, reason: str = "", decision: str, **fields: Any) -> None:
    """Conclude with what the form gives: ``fields`` are those of a ``Conclusion``.

    Raises ``LifecycleError`` (``no_reason``) for a decision against the verdict without a reason.
    """
    conclusion = lifecycle.Conclusion(decision=Decision(decision), **fields)
    if not reason.strip():
        require_agreement(experiment, conclusion)
    lifecycle.conclude(experiment=experiment, actor=actor, conclusion=conclusion, reason=reason)


def require_agreement(experiment: Experiment, conclusion: lifecycle.Conclusion) -> None:
    """Raise ``LifecycleError`` (``no_reason``) where the verdict, as it is now, says otherwise."""
    variant = None
    if conclusion.rolled_out_variant is not None:
        variant = conclusion.rolled_out_variant.key
    verdict = analyse(experiment).verdict
    if is_against(verdict, conclusion.decision, variant):
        text = _("This goes against the verdict: %(verdict)s Give a reason to decide so anyway.")
        raise lifecycle.LifecycleError("no_reason", text % {"verdict": verdict.headline})


STEPS = (
    LifecycleStep(
        name="widen",
        label=_("End ramp"),
        title=_("End the ramp now?"),
        explanation=_("All of the planned traffic enters the test from now on. Visitors keep their variants."),
        confirm=_("End ramp"),
        target=Status.RUNNING,
        take=lifecycle.end_ramp,
        opens=is_ramping,
    ),
    LifecycleStep(
        name="pause",
        label=_("Pause"),
        title=_("Pause this test?"),
        explanation=_(
            "Visitors see no offers until you resume the test. They keep their variants, and their orders still count."
        ),
        confirm=_("Pause test"),
        target=Status.PAUSED,
        take=lifecycle.pause,
        form_class=SafeStepForm,
    ),
    LifecycleStep(
        name="resume",
        label=_("Resume"),
        title=_("Resume this test?"),
        explanation=_("Visitors enter the test again, each in the same variant as before."),
        confirm=_("Resume test"),
        target=Status.RUNNING,
        take=lifecycle.resume,
        opens=is_paused,
    ),
    LifecycleStep(
        name="stop",
        label=_("Stop"),
        title=_("Stop this test?"),
        explanation=_(
            "Visitors see no offers from now on, and you can't resume the test. You can conclude it afterwards."
        ),
        confirm=_("Stop test"),
        target=Status.STOPPED,
        take=lifecycle.stop,
        form_class=SafeStepForm,
        is_danger=True,
    ),
    LifecycleStep(
        name="conclude",
        label=_("Conclude…"),
        title=_("Conclude this test"),
        explanation=_(
            "This ends the test. If you roll out a variant, every visitor sees it, except those in the holdout."
        ),
        confirm=_("Conclude test"),
        target=Status.CONCLUDED,
        take=conclude,
        form_class=ConcludeForm,
    ),
    LifecycleStep(
        name="fall-back",
        label=_("End roll-out…"),
        title=_("End the roll-out?"),
        explanation=_(
            "Visitors don't see the rolled-out variant from now on. The test is archived: its report and what you "
            "learned stay."
        ),
        confirm=_("End roll-out"),
        target=Status.ARCHIVED,
        take=lifecycle.archive,
        form_class=SafeStepForm,
        opens=is_rolled_out,
        is_danger=True,
    ),
)


def step_named(name: str) -> LifecycleStep | None:
    """Return the step of that name."""
    for step in STEPS:
        if step.name == name:
            return step
    return None
