"""What the pages on the way to a running test show."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, CheckState, LaunchCandidate
from checkout_widgets.launching.checklist import checks_of
from checkout_widgets.launching.templates import Template, templates
from checkout_widgets.reach.estimate import Reach
from dashboard.preview.pictures import variants_of
from experiments import formatting
from experiments.assignment.targeting import TargetingError
from experiments.models import ApprovedStep, Experiment, Moment, Variant
from experiments.models.experiment_choices import UNDELIVERED
from experiments.running.approvals.requirement import is_approval_missing
from experiments.targeting_words import describe, error_text

# Where a point is fixed: a section of the draft's page, or another page.
WHERE_FIXED = {
    "widget": "treatment",
    "layout": "treatment",
    "copy": "treatment",
    "sequence": "treatment",
    "weights": "#split",
    "sequence_guardrails": "#goal",
    "offer": "treatment",
    "snippet": "setup",
    "orders": "setup",
    "preview": "previews",
    "targeting": "#audience",
    "reach": "#audience",
    "clash": "#audience",
    "sample": "#length",
    "duration": "#length",
    "guardrails": "#goal",
    "metrics": "#custom-metrics",
    "cap": "#goal",
    "delivery": "#question",
}
KEPT = "kept:"  # before the name of a section, in the code of a point


@dataclass(frozen=True)
class TemplateGroup:
    """Templates under one heading."""

    title: str
    note: str
    templates: list[Template]


def template_groups() -> list[TemplateGroup]:
    """Return the questions that teams ask first, then the playbook, moment by moment."""
    questions: list[Template] = []
    # All moments in the order of the checkout, so that groups don't stand in the order of the templates.
    by_moment: dict[Moment, list[Template]] = {}
    for moment in Moment:
        by_moment[moment] = []
    for template in templates().values():
        if template.expected is None:
            questions.append(template)
        else:
            by_moment[template.moment].append(template)
    note = _("Each question compares two ways of making the same offer.")
    groups = [TemplateGroup(_("Start with a question"), note, questions)]
    for moment, rows in by_moment.items():
        if rows:
            groups.append(TemplateGroup(str(moment.label), playbook_note(moment), rows))
    return groups


def playbook_note(moment: Moment) -> str:
    """Say where a moment's templates come from."""
    if moment in UNDELIVERED:
        return _("From the moments playbook. These are messages of journeys, so begin with a journey's template.")
    return _("From the moments playbook, with the rise in order value that it expects.")


@dataclass(frozen=True)
class ListedCheck:
    """A point of the checklist, with the page where it is fixed."""

    check: Check
    url: str


@dataclass(frozen=True)
class LaunchPage:
    """A draft's, or a scheduled test's, way to its start."""

    experiment: Experiment
    checks: list[ListedCheck]
    variants: list[Variant]
    reach: Reach | None

    @classmethod
    def of(cls, experiment: Experiment, now: datetime) -> "LaunchPage":
        """Return the page as things stand."""
        return cls.of_candidate(LaunchCandidate(experiment, now))

    @classmethod
    def of_candidate(cls, candidate: LaunchCandidate) -> "LaunchPage":
        """Return the page of a test whose points have been looked at already, or soon are."""
        listed, experiment = [], candidate.experiment
        for check in checks_of(candidate):
            listed.append(ListedCheck(check, url_for(check, experiment)))
        return cls(experiment, listed, list(variants_of(experiment)), candidate.reach)

    @property
    def audience(self) -> str:
        """Whom it is for, in words."""
        store = self.experiment.store
        try:
            return describe(self.experiment.targeting, money=lambda minor: formatting.price(minor, store.currency))
        # Stored by an older release, or by hand: the checklist says what is wrong with them.
        except TargetingError as error:
            return _("The rules can't be read: %(error)s") % {"error": error_text(error)}

    @property
    def blocking(self) -> list[ListedCheck]:
        """What has to be fixed first."""
        return self.in_state("fail")

    @property
    def warnings(self) -> list[ListedCheck]:
        """What should be fixed, or overridden with a reason."""
        return self.in_state("warn")

    @property
    def passed(self) -> list[ListedCheck]:
        """What is right."""
        return self.in_state("pass")

    def in_state(self, state: CheckState) -> list[ListedCheck]:
        """Return the points that are in a state."""
        return [listed for listed in self.checks if listed.check.state == state]

    @property
    def needs_approval(self) -> bool:
        """Whether the store wants a launch approved, and this one isn't yet."""
        return is_approval_missing(self.experiment, ApprovedStep.LAUNCH)


def url_for(check: Check, experiment: Experiment) -> str:
    """Return where a point is fixed: a section of the draft's page, or another page."""
    code = check.code
    if check.offer_key:
        return reverse("dashboard:offer", args=(experiment.store.slug, check.offer_key))
    if check.section:
        return f"#{check.section}"
    if code.startswith(KEPT):
        return f"#{code.removeprefix(KEPT)}"
    place = WHERE_FIXED.get(code, "experiment")
    if place.startswith("#"):
        return place
    if place == "setup":
        return f"{reverse('dashboard:setup')}?store={experiment.store.slug}"
    if place == "previews":
        return reverse("dashboard:previews", args=(experiment.store.slug, experiment.key))
    if place == "treatment":
        return treatment_url(experiment)
    return reverse("admin:experiments_experiment_change", args=(experiment.pk,))


def treatment_url(experiment: Experiment) -> str:
    """Return the section of the first treatment without a widget, else of the first treatment."""
    treatments = experiment.variants.filter(is_control=False)
    variant = treatments.filter(widget=None).first() or treatments.first()
    if variant is None:
        return reverse("admin:experiments_experiment_change", args=(experiment.pk,))
    return f"#treatment-{variant.key}"
