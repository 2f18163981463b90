"""What a treatment shows, first and second: the sections that a draft's page has for each treatment."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.sequence_points import with_guardrails
from checkout_widgets.launching.treatments import next_widget_of, save_widget, widget_of
from checkout_widgets.models import NextWidget, ShopperAnswer
from dashboard.builder.section import DraftSection, named_variant
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
from experiments.models import Variant

TREATMENT = "treatment-"
# Of an offer that is being made beside a treatment's fields: kept with them, saved when it is created.
BESIDE = "new-"


class TreatmentSection(DraftSection):
    """What a treatment shows."""

    can_sell_pairs = True

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
            audit.record_editing(self.experiment, actor, detail, named_variant(self.variant))
        if isinstance(form, TreatmentForm):
            save_widget(form.save(commit=False), form.changed_data, actor=actor)


class SecondSection(TreatmentSection):
    """What a treatment shows second, after one answer to its first offer: nothing, unless it is switched on."""

    can_sell_pairs = False  # a pair is of the first offer's token

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
