"""The sections of a draft's page that save themselves: the form of each, what is stored, and how it is saved."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.kept_inputs import START, WHOLE
from checkout_widgets.launching.sequence_points import with_guardrails
from checkout_widgets.launching.treatments import next_widget_of, save_widget, widget_of
from checkout_widgets.models import KeptInput, NextWidget, ShopperAnswer
from dashboard.audience.forms import AudienceForm
from dashboard.builder.forms import GoalForm, LengthForm, QuestionForm
from dashboard.builder.split import SplitForm, split_in_words
from dashboard.launch.forms import LaunchForm
from dashboard.treatment.forms import (
    NOTHING,
    PAGE,
    SHOWS,
    NothingForm,
    PageArmForm,
    SecondOfferForm,
    TreatmentForm,
)
from experiments import audit
from experiments.models import Experiment, Variant

VERSION = WHOLE  # the field in which a form says what it was filled in upon
TREATMENT = "treatment-"
# Enough to tell two states of one section apart; nobody is kept out by it.
VERSION_BYTES = 8
# Of an offer that is being made beside a treatment's fields: kept with them, saved when it is created.
BESIDE = "new-"
LENGTH = "length"
SPLIT = "split"


class DraftSection(ABC):
    """A part of a draft's page: ``name`` is what addresses, elements and kept inputs call it."""

    def __init__(self, candidate: LaunchCandidate, name: str) -> None:
        self.candidate, self.name = candidate, name

    @property
    def experiment(self) -> Experiment:
        """The draft."""
        return self.candidate.experiment

    @property
    @abstractmethod
    def title(self) -> str:
        """What people call it."""

    @abstractmethod
    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form, filled in with what was typed, or with what is stored."""

    @abstractmethod
    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""

    @abstractmethod
    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail."""

    @cached_property
    def kept(self) -> QueryDict:
        """What was typed and isn't saved; empty where everything is."""
        typed = KeptInput.objects.filter(experiment=self.experiment, section=self.name).values_list("typed", flat=True)
        return as_query(typed.first() or {})

    @cached_property
    def form(self) -> BaseForm:
        """The form to show: with what was typed and couldn't be saved, else as stored."""
        if VERSION in self.kept:
            return self.form_of(self.kept)
        return self.form_of(None)

    @property
    def version(self) -> str:
        """What a form is filled in upon: another one was filled in upon something else that was there before."""
        text = json.dumps([self.stored(), dict(self.kept.lists())], sort_keys=True, default=str)
        return blake2b(text.encode(), digest_size=VERSION_BYTES).hexdigest()


class SettingsSection(DraftSection):
    """A section whose form sets fields of the test."""

    forms: Mapping[str, type[QuestionForm | AudienceForm | GoalForm]] = {
        "question": QuestionForm,
        "audience": AudienceForm,
        "goal": GoalForm,
    }
    fields: Mapping[str, tuple[str, ...]] = {
        "question": ("name", "hypothesis", "moment"),
        "audience": ("targeting", "traffic_share", "priority"),
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


class TreatmentSection(DraftSection):
    """What a treatment shows."""

    def __init__(self, candidate: LaunchCandidate, variant: Variant) -> None:
        super().__init__(candidate, f"{TREATMENT}{variant.key}")
        self.variant = variant
        variant.experiment = candidate.experiment

    @property
    def key(self) -> str:
        """What the elements of its fields are called by."""
        return self.variant.key

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.variant)

    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form of who shows it: of an offer's widget, or of what the page shows itself."""
        if self.shows_page(data):
            return self.page_form(data)
        return self.offer_form(data)

    def shows_page(self, data: QueryDict | None) -> bool:
        """Return whether the page shows it itself, by what was typed, else by what is stored."""
        if data is not None and SHOWS in data:
            return data[SHOWS] == PAGE
        return self.variant.is_page_own

    def page_form(self, data: QueryDict | None) -> PageArmForm:
        """Return the form of what the page shows itself."""
        ids = f"id_{self.key}_%s"
        return PageArmForm(data, initial={"description": self.variant.description}, auto_id=ids)

    def offer_form(self, data: QueryDict | None) -> TreatmentForm:
        """Return the form of an offer's widget."""
        return TreatmentForm(data, instance=widget_of(self.variant), auto_id=f"id_{self.key}_%s")

    @property
    def new_offer(self) -> dict[str, str]:
        """What was typed for an offer that isn't created yet."""
        typed = {}
        for name in self.kept:
            if name.startswith(BESIDE):
                typed[name.removeprefix(BESIDE)] = str(self.kept[name])
        return typed

    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""
        widget = widget_of(self.variant)
        return audit.values(widget, TreatmentForm.Meta.fields) | self.own_values() | {"id": widget.pk}

    def own_values(self) -> dict[str, Any]:
        """Return what is stored of the treatment besides its widget."""
        return audit.values(self.variant, ("is_page_own", "description"))

    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail."""
        before = self.own_values()
        self.variant.is_page_own = isinstance(form, PageArmForm)
        if isinstance(form, PageArmForm):
            self.variant.description = form.cleaned_data["description"]
        self.variant.save(update_fields=["is_page_own", "description"])
        detail = audit.changes(before, self.own_values())
        if detail:
            audit.record_editing(self.experiment, actor, detail, f"Variant {self.variant}")
        if isinstance(form, TreatmentForm):
            save_widget(form.save(commit=False), form.changed_data, actor=actor)


class SecondSection(TreatmentSection):
    """What a treatment shows second, after one answer to its first offer: nothing, unless it is switched on."""

    def __init__(self, candidate: LaunchCandidate, variant: Variant, after: str) -> None:
        super().__init__(candidate, variant)
        self.name, self.after = f"{after}-{variant.key}", after

    @property
    def key(self) -> str:
        """What the elements of its fields are called by: of another answer, or the first offer, other ones."""
        return self.name

    @property
    def title(self) -> str:
        """What people call it."""
        if self.after == ShopperAnswer.ACCEPTED:
            return _("%(variant)s, second offer after a yes") % {"variant": self.variant}
        return _("%(variant)s, second offer after a no") % {"variant": self.variant}

    @cached_property
    def second(self) -> NextWidget:
        """What is stored; a new one where nothing is."""
        return next_widget_of(self.variant, self.after)

    @property
    def is_in_use(self) -> bool:
        """Whether anything was entered, shown or not, or the template has words for it."""
        return bool(self.second.pk or self.second.headline or self.kept)

    def form_of(self, data: QueryDict | None) -> BaseForm:
        """Return the form of the second offer, or the empty one of nothing."""
        is_on = self.second.is_shown
        if data is not None and SHOWS in data:
            is_on = data[SHOWS] != NOTHING
        if is_on:
            return self.offer_form(data)
        return NothingForm(data)

    def offer_form(self, data: QueryDict | None) -> TreatmentForm:
        """Return the form of the second offer."""
        return SecondOfferForm(data, instance=next_widget_of(self.variant, self.after), auto_id=f"id_{self.key}_%s")

    def stored(self) -> Mapping[str, Any]:
        """Return what is stored, as JSON can hold it."""
        second = next_widget_of(self.variant, self.after)
        return audit.values(second, (*TreatmentForm.Meta.fields, "is_shown")) | {"id": second.pk}

    def save(self, form: BaseForm, actor: str) -> None:
        """Save a valid form with an entry of the audit trail; what is switched off stays as it was written."""
        if not isinstance(form, TreatmentForm):
            if self.second.is_shown:
                self.second.is_shown = False
                save_widget(self.second, ["is_shown"], actor=actor)
            return
        second = form.save(commit=False)
        is_new = not second.is_shown
        second.is_shown = True
        save_widget(second, [*form.changed_data, "is_shown"], actor=actor)
        if is_new and self.after == ShopperAnswer.DECLINED:
            self.guard(actor)

    def guard(self, actor: str) -> None:
        """Add the guardrails that a test with an offer after a no needs."""
        before = audit.values(self.experiment, ("guardrails",))
        self.experiment.guardrails = with_guardrails(self.experiment)
        detail = audit.changes(before, audit.values(self.experiment, ("guardrails",)))
        if detail:
            self.experiment.save(update_fields=["guardrails", "updated_at"])
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
                audit.record_editing(self.experiment, actor, detail, f"Variant {variant}")


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


def as_query(typed: Mapping[str, Any]) -> QueryDict:
    """Return kept input as a request's data."""
    query = QueryDict(mutable=True)
    for name, texts in typed.items():
        query.setlist(name, texts)
    return query
