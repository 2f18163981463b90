"""What a test's pages show of its approvals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.approvals.forms import AnswerForm
from dashboard.members import can_edit, user_of
from experiments import formatting
from experiments.models import Approval, ApprovalState, ApprovedStep, Decision, Experiment, Status
from experiments.running import lifecycle
from experiments.running.approvals import covered, requests

ASKED_FOR = {
    ApprovedStep.LAUNCH: gettext_lazy("%(name)s asks to launch this test"),
    ApprovedStep.RESUME: gettext_lazy("%(name)s asks to resume this test"),
    ApprovedStep.END_RAMP: gettext_lazy("%(name)s asks to end the ramp"),
    ApprovedStep.CONCLUDE: gettext_lazy("%(name)s asks to conclude this test"),
}


@dataclass(frozen=True)
class ListedApproval:
    """A request, as the reader sees it: ``lapsed`` names what has changed since, empty while it holds.

    ``may_answer``: the reader is the second person. ``may_use``: it is approved, and the reader may take the step.
    """

    approval: Approval
    lapsed: str
    may_answer: bool
    may_use: bool
    may_withdraw: bool
    form: AnswerForm

    @property
    def title(self) -> str:
        """What is asked for, and by whom."""
        return str(ASKED_FOR[ApprovedStep(self.approval.step)]) % {"name": self.approval.asked_by_name}

    @property
    def tone(self) -> str:
        """How it is colored."""
        if self.lapsed:
            return "lapsed"
        return str(self.approval.state)

    @property
    def terms(self) -> list[tuple[str, str]]:
        """What the step would be taken with, as pairs of what and how."""
        return list(terms_in_words(self.approval))


def listed_approvals(request: HttpRequest, experiment: Experiment) -> list[ListedApproval]:
    """Return the newest request for each step that the test can still take; those that are done are in the timeline."""
    rows = experiment.approvals.exclude(state__in=(ApprovalState.WITHDRAWN, ApprovalState.USED))
    newest: dict[str, Approval] = {}
    for approval in rows:
        newest.setdefault(approval.step, approval)
    listed = []
    for approval in newest.values():
        if is_ahead(approval, experiment):
            listed.append(as_listed(request, approval))
    return listed


def is_ahead(approval: Approval, experiment: Experiment) -> bool:
    """Whether the test can still take the step."""
    status = Status(experiment.status)
    if approval.step == ApprovedStep.LAUNCH:
        return status in {Status.DRAFT, Status.SCHEDULED}
    if approval.step == ApprovedStep.RESUME:
        return status == Status.PAUSED
    if approval.step == ApprovedStep.END_RAMP:
        return status == Status.RUNNING and experiment.is_ramping
    return Status.CONCLUDED in lifecycle.NEXT[status]


def as_listed(request: HttpRequest, approval: Approval) -> ListedApproval:
    """Return the request with what the reader may do."""
    user, is_editor = user_of(request), can_edit(request, approval.experiment.store)
    lapsed = ""
    if approval.is_open:
        lapsed = covered.named(requests.lapsed_parts(approval))
    may_withdraw = approval.asked_by_id == user.pk or not is_waiting(approval, lapsed)
    return ListedApproval(
        approval,
        lapsed,
        may_answer=not lapsed and requests.may_answer(approval, user),
        may_use=is_editor and not lapsed and approval.state == ApprovalState.APPROVED,
        may_withdraw=is_editor and approval.is_open and may_withdraw,
        form=AnswerForm(auto_id=f"approval-{approval.pk}-%s"),
    )


def is_waiting(approval: Approval, lapsed: str) -> bool:
    """Whether it still waits for an answer: until then, only who asked takes it back, and the others decline."""
    return approval.state == ApprovalState.ASKED and not lapsed


def terms_in_words(approval: Approval) -> Iterator[tuple[str, str]]:
    """Yield what the step would be taken with."""
    terms, experiment = approval.terms, approval.experiment
    if approval.step == ApprovedStep.LAUNCH:
        yield from launch_in_words(experiment, terms.get("starts_at"))
    if terms.get("decision"):
        yield _("Decision"), str(Decision(terms["decision"]).label)
    if terms.get("variant"):
        yield _("Variant"), name_of_variant(experiment, terms["variant"])
    if terms.get("is_against_verdict"):
        yield _("Verdict"), _("This decision goes against the verdict.")
    for name, label in (("learning", _("Learning")), ("next_step", _("Next step")), ("reason", _("Reason"))):
        if terms.get(name):
            yield label, terms[name]


def launch_in_words(experiment: Experiment, starts_at: str | None) -> Iterator[tuple[str, str]]:
    """Yield when a test would start and stop, and with which share of the visitors."""
    start = _("As soon as it is launched")
    if starts_at:
        start = formatting.date_and_time(datetime.fromisoformat(starts_at))
    yield _("Start"), start
    if experiment.ends_at:
        yield _("Stop"), formatting.date_and_time(experiment.ends_at)
    yield _("Traffic at first"), formatting.chosen_percent(experiment.served_share)


def name_of_variant(experiment: Experiment, key: str) -> str:
    """Return a variant's name; its key where it is gone."""
    variant = experiment.variants.filter(key=key).first()
    if variant is None:
        return key
    return str(variant)
