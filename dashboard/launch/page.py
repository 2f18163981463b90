"""What the pages on the way to a running test show."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from checkout_widgets.launching import Check, checklist
from checkout_widgets.launching.templates import Template, templates
from checkout_widgets.models import Widget
from experiments.models import Experiment, Moment, Status, Variant
from experiments.models.experiment import UNDELIVERED

WHERE_MENDED = {
    "widget": "widgets",
    "layout": "widgets",
    "copy": "widgets",
    "offer": "offers",
    "snippet": "setup",
    "orders": "setup",
    "preview": "preview",
}


@dataclass(frozen=True)
class TemplateGroup:
    """Templates under one heading."""

    title: str
    note: str
    templates: list[Template]


def template_groups() -> list[TemplateGroup]:
    """The questions that teams ask first, then the playbook, moment by moment."""
    known = list(templates().values())
    questions = [template for template in known if template.expected is None]
    groups = [TemplateGroup("A question to begin with", "Each compares two ways of making the same offer.", questions)]
    for moment in Moment:
        rows = [template for template in known if template.expected and template.moment == moment]
        if rows:
            note = "From the moments playbook."
            if moment in UNDELIVERED:
                note += " Offerlift doesn't send these e-mails yet, so a draft from here can't be launched."
            groups.append(TemplateGroup(str(moment.label), note, rows))
    return groups


@dataclass(frozen=True)
class ListedCheck:
    """A point of the checklist with the page where it is mended."""

    check: Check
    url: str


@dataclass(frozen=True)
class LaunchPage:
    """A draft's, or a scheduled test's, way to its start."""

    experiment: Experiment
    checks: list[ListedCheck]
    variants: list[Variant]

    @classmethod
    def of(cls, experiment: Experiment, now: datetime) -> "LaunchPage":
        """The page as things stand."""
        listed = [ListedCheck(check, url_for(check.code, experiment)) for check in checklist(experiment, now)]
        variants = experiment.variants.select_related("widget__offer").order_by("-is_control", "pk")
        return cls(experiment, listed, list(variants))

    @property
    def can_preview(self) -> bool:
        """Whether the store has a page that previews open, and the moment is one of a page."""
        return bool(self.experiment.store.preview_page) and self.experiment.moment not in UNDELIVERED

    @property
    def blocking(self) -> list[ListedCheck]:
        """What has to be mended first."""
        return [one for one in self.checks if one.check.state == "fail"]

    @property
    def warnings(self) -> list[ListedCheck]:
        """What should be mended, or overridden with a reason."""
        return [one for one in self.checks if one.check.state == "warn"]

    @property
    def passed(self) -> list[ListedCheck]:
        """What is right."""
        return [one for one in self.checks if one.check.state == "pass"]

    @property
    def is_draft(self) -> bool:
        """Whether it can still be launched."""
        return self.experiment.status == Status.DRAFT

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits for its start."""
        return self.experiment.status == Status.SCHEDULED


def url_for(code: str, experiment: Experiment) -> str:
    """Where a point is mended."""
    room = WHERE_MENDED.get(code, "experiment")
    if room == "setup":
        return f"{reverse('dashboard:setup')}?store={experiment.store.slug}"
    if room == "preview":
        return "#variants"
    if room == "widgets":
        return widget_url(experiment)
    if room == "offers":
        return f"{reverse('admin:checkout_widgets_offer_changelist')}?store__id__exact={experiment.store_id}"
    return reverse("admin:experiments_experiment_change", args=(experiment.pk,))


def widget_url(experiment: Experiment) -> str:
    """Where the first treatment without a widget gets one, else where the widgets are changed."""
    bare = experiment.variants.filter(is_control=False, widget=None).first()
    if bare is not None:
        return f"{reverse('admin:checkout_widgets_widget_add')}?variant={bare.pk}"
    first = Widget.objects.filter(variant__experiment=experiment).first()
    if first is None:
        return reverse("admin:experiments_experiment_change", args=(experiment.pk,))
    return reverse("admin:checkout_widgets_widget_change", args=(first.pk,))
