"""The sections of a draft's page that save themselves: the form of each, what is stored, and how it is saved."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.kept_inputs import START
from checkout_widgets.models import ShopperAnswer
from dashboard.audience.forms import AudienceForm
from dashboard.builder.forms import GoalForm, LengthForm, QuestionForm
from dashboard.builder.section import DraftSection, named_variant
from dashboard.builder.split import SplitForm, split_in_words
from dashboard.builder.treatment_sections import SecondSection, TreatmentSection
from dashboard.launch.forms import LaunchForm
from experiments import audit

LENGTH = "length"
SPLIT = "split"


class SettingsSection(DraftSection):
    """A section whose form sets fields of the test."""

    forms: Mapping[str, type[QuestionForm | AudienceForm | GoalForm]] = {
        "question": QuestionForm,
        "audience": AudienceForm,
        "goal": GoalForm,
    }
    fields: Mapping[str, tuple[str, ...]] = {
        "question": ("name", "hypothesis", "moment"),
        "audience": ("targeting", "traffic_share", "priority", "pair_exposure"),
        "goal": ("goal_metric", "guardrails", "attribution_window_days", "covariates"),
        LENGTH: ("planned_sample", "planned_days", "planned_looks"),
    }

    @property
    def title(self) -> str:
        """What people call it."""
        titles = {"question": _("Question"), "audience": _("Audience"), "goal": _("Goal"), LENGTH: _("How long")}
        return titles[self.name]

    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form, filled in with what was typed, or with what is stored."""
        if self.name == LENGTH:
            return LengthForm(data, candidate=self.candidate)
        return self.forms[self.name](data, experiment=self.experiment)

    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""
        return audit.values(self.experiment, self.fields[self.name])

    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail."""
        before = self.stored()
        form.apply_to(self.experiment)  # type: ignore[attr-defined]
        self.experiment.save(update_fields=[*self.fields[self.name], "updated_at"])
        detail = audit.changes(dict(before), dict(self.stored()))
        if detail:
            audit.record_editing(self.experiment, actor, detail)


class SplitSection(DraftSection):
    """What the variants are called, and how visitors are split between them."""

    @property
    def title(self) -> str:
        """What people call it."""
        return _("Variants")

    @property
    def summary(self) -> str:
        """The split in words."""
        return split_in_words(self.candidate.variants)

    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form, filled in with what was typed, or with what is stored."""
        return SplitForm(data, variants=self.candidate.variants)

    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""
        return {variant.key: [variant.name, variant.weight] for variant in self.candidate.variants}

    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail for each variant that changes."""
        assert isinstance(form, SplitForm)
        variants, fields = self.candidate.variants, ("name", "weight")
        before = [audit.values(variant, fields) for variant in variants]
        form.apply_to(variants)
        for variant, values in zip(variants, before, strict=True):
            detail = audit.changes(values, audit.values(variant, fields))
            if detail:
                variant.save(update_fields=fields)
                audit.record_editing(self.experiment, actor, detail, named_variant(variant))


class StartSection(DraftSection):
    """When and how it starts: kept as it is typed, and set at the launch."""

    @property
    def title(self) -> str:
        """What people call it."""
        return _("Launch")

    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form, filled in with what was typed, or with what is usual."""
        return LaunchForm(data, store=self.experiment.store, auto_id="id_start_%s")

    def stored(self) -> Mapping[str, Any]:
        """Return nothing: until the launch, all of it is kept input."""
        return {}

    def save(self, form: BaseForm, actor: str) -> None:
        """Save nothing: see ``stored``."""


def section_of(candidate: LaunchCandidate, name: str) -> DraftSection | None:
    """Return the section of this name; ``None`` where there is none."""
    for section in sections_of(candidate):
        if section.name == name:
            return section
    return None


def sections_of(candidate: LaunchCandidate) -> list[DraftSection]:
    """Return all sections, from the first of the page to the last."""
    treatments: list[DraftSection] = []
    for variant in candidate.treatments:
        treatments.append(TreatmentSection(candidate, variant))
        for after in ShopperAnswer.values:
            treatments.append(SecondSection(candidate, variant, after))
    question, audience, goal, length = (SettingsSection(candidate, name) for name in SettingsSection.fields)
    split = SplitSection(candidate, SPLIT)
    return [question, *treatments, split, audience, goal, length, StartSection(candidate, START)]
