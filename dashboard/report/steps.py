"""The steps of a test's life that can be taken from its report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dashboard.report.forms import ConcludeForm, StepForm
from experiments.models import Decision, Experiment, Source, Status
from experiments.report import Verdict
from experiments.running import lifecycle


@dataclass(frozen=True)
class LifecycleStep:
    """A step: its button, what its dialog says, what takes it.

    ``target`` is the status that it leads to, ``opens`` when it can be taken, where that isn't whenever the target may
    follow.
    """

    name: str
    label: str
    title: str
    explanation: str
    target: Status
    take: Callable[..., Any]
    form_class: type[StepForm] = StepForm
    is_primary: bool = False
    opens: Callable[[Experiment], bool] | None = None

    @property
    def confirm(self) -> str:
        """The dialog's button."""
        return f"{self.name.capitalize()} the test"

    def form_for(
        self, experiment: Experiment, verdict: Verdict | None = None, *, data: QueryDict | None = None
    ) -> StepForm:
        """The step's form with what was sent, else with what the verdict suggests."""
        return self.form_class(
            data, experiment=experiment, initial=suggested(verdict, experiment), auto_id=f"{self.name}-%s"
        )

    def is_open(self, experiment: Experiment) -> bool:
        """Whether the test can take the step now."""
        if experiment.source == Source.IMPORTED and self.target != Status.CONCLUDED:
            return False
        return self.opens(experiment) if self.opens else self.target in lifecycle.NEXT[Status(experiment.status)]


def is_ramping(experiment: Experiment) -> bool:
    """Whether it lets in more visitors step by step."""
    return experiment.status == Status.RUNNING and experiment.is_ramping


def is_paused(experiment: Experiment) -> bool:
    """Whether it has been running before."""
    return experiment.status == Status.PAUSED


def suggested(verdict: Verdict | None, experiment: Experiment) -> dict[str, Any]:
    """The decision that the verdict calls for, for the form to begin with."""
    if verdict is None:
        return {}
    if verdict.code != "ship":
        return {"decision": Decision.KEEP_CONTROL}
    variant = next((one for one in experiment.variants.all() if one.key == verdict.variant), None)
    return {"decision": Decision.ROLL_OUT, "rolled_out_variant": variant}


def conclude(*, decision: str, **fields: Any) -> None:
    """Conclude with what the form gives."""
    lifecycle.conclude(decision=Decision(decision), **fields)


STEPS = (
    LifecycleStep(
        name="widen",
        label="Widen",
        title="Let everybody in now?",
        explanation="Ends the ramp: all visitors that the test is planned for take part, in the variants as before.",
        target=Status.RUNNING,
        take=lifecycle.end_ramp,
        opens=is_ramping,
    ),
    LifecycleStep(
        name="pause",
        label="Pause",
        title="Pause this test?",
        explanation="Nobody is offered anything until it is resumed. Visitors keep their variants, orders still count.",
        target=Status.PAUSED,
        take=lifecycle.pause,
    ),
    LifecycleStep(
        name="resume",
        label="Resume",
        title="Resume this test?",
        explanation="Visitors are assigned again, each to the same variant as before.",
        target=Status.RUNNING,
        take=lifecycle.resume,
        opens=is_paused,
    ),
    LifecycleStep(
        name="stop",
        label="Stop",
        title="Stop this test for good?",
        explanation="Nobody is offered anything any more, and it can't be resumed. Decide afterwards, or try it again.",
        target=Status.STOPPED,
        take=lifecycle.stop,
    ),
    LifecycleStep(
        name="conclude",
        label="Conclude…",
        title="Conclude this test",
        explanation="Ends it for good. A variant that is rolled out is served to everybody but the holdout.",
        target=Status.CONCLUDED,
        take=conclude,
        form_class=ConcludeForm,
        is_primary=True,
    ),
)


def step_named(name: str) -> LifecycleStep | None:
    """The step of that name."""
    return next((step for step in STEPS if step.name == name), None)
