"""Experiments with their variants."""

from __future__ import annotations

import json
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from experiments import audit, money
from experiments.admin.guardrail_editor import GuardrailField, in_words
from experiments.admin.money_form import MoneyForm
from experiments.admin.rule_editor import RuleField, rules_of
from experiments.admin.storable_json import StorableJSONField
from experiments.admin.tenancy import EDITORS, StoreScopedAdmin, StoreScopedInline, limited
from experiments.admin.trail import note_changes, stored_values
from experiments.assignment import targeting
from experiments.assignment.targeting_words import describe
from experiments.decisions.samples import matching_share
from experiments.models import AuditAction, Experiment, Source, Status, Variant
from experiments.running import lifecycle

NO_PLAN_NOW = (
    "This test has been read without a plan, and a plan can't make up for that now. Leave this empty, or copy the test "
    "and plan the copy."
)
PLAN_TO_KEEP = "The plan's looks have begun: give it another size, but not none."


class VariantFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The variants of an experiment, which make sense only together."""

    def clean(self) -> None:
        """Never two controls; raises ``ValidationError``."""
        super().clean()
        kept = [form for form in self.forms if form.is_valid() and self.is_kept(form)]
        if sum(form.instance.is_control for form in kept) > 1:
            raise ValidationError("Only one variant can be the control.")

    def is_kept(self, form: forms.ModelForm[Variant]) -> bool:
        """Whether the form's row will be there after saving."""
        is_filled = bool(form.instance.pk) or form.has_changed()
        return is_filled and not form.cleaned_data.get("DELETE", False)


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant; what holds between variants is checked by ``VariantFormSet``."""

    def validate_constraints(self) -> None:
        """Leave the single control to the formset: on its own, a form can't hand the control over to another."""


class VariantInline(StoreScopedInline):
    """The variants on their experiment's page; once the test has started, only their names can change."""

    model = Variant
    form = VariantForm
    formset = VariantFormSet
    fields = ("key", "name", "is_control", "weight", "preview")
    verbose_name_plural = "Variants: the control shows nothing, every other one needs a widget"

    def get_extra(self, request: HttpRequest, obj: Experiment | None = None, **kwargs: Any) -> int:
        """Two empty rows on a new test's page."""
        return 0 if obj else 2

    def get_readonly_fields(self, request: HttpRequest, obj: Experiment | None = None) -> tuple[str, ...]:
        """What decides who sees what stays as it was at the start."""
        return ("preview", "key", "is_control", "weight") if obj and obj.started_at else ("preview",)

    @admin.display(description="Preview on the store")
    def preview(self, variant: Variant) -> str:
        """A link to the store's own page with this variant, recorded nowhere."""
        if not variant.pk:
            return "Once it is saved"
        url = reverse("admin:checkout_widgets_widget_preview", args=[variant.pk])
        return format_html('<a href="{}" target="_blank" rel="noopener">Preview</a>', url)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the start."""
        return not (obj and obj.started_at) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the start, for whoever may change the test."""
        return not (obj and obj.started_at) and self.has_change_permission(request, obj)


class ExperimentForm(MoneyForm):
    """An experiment's settings."""

    money_fields = ("cap_minor",)

    class Meta:
        help_texts = {
            "hypothesis": "What you expect, and why: it stands above the report.",
            "starts_at": "Nothing is shown before; empty is at once.",
            "ends_at": "Nothing is shown after; empty is until stopped.",
            "goal_metric": "What decides. Revenue per visitor counts those who don't buy, too.",
            "attribution_window_days": "Orders count from the exposure for so many days.",
            "planned_looks": "How often the result may be read as final on the way.",
            "alpha": "How often a test without any effect may look like one: 0.05 is 1 in 20.",
            "prior_sd": "How large effects usually are: 0.1 expects most lifts within 20%.",
            "learning": "What you know now that you didn't know before.",
        }

    targeting = RuleField(help_text="Whom it is for. Save and continue to see how many of last week's visitors match.")
    guardrails = GuardrailField(help_text="What must not get worse than this, against control; empty is no guardrail.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "targeting" in self.fields:
            self.fields["targeting"].widget.currency = self.currency_of_row()

    def clean_targeting(self) -> Any:
        """Rules that the edge can read."""
        try:
            rules = rules_of(self.cleaned_data["targeting"], self.currency_of_row())
            targeting.validate(rules)
        except targeting.TargetingError as error:
            raise ValidationError(str(error), code="targeting") from error
        return StorableJSONField(required=False).to_python(json.dumps(rules))

    def clean_planned_sample(self) -> int | None:
        """Whether there is a plan is settled by the first look: the errors of two ways of reading would add up."""
        planned: int | None = self.cleaned_data["planned_sample"]
        is_switched = bool(planned) != bool(self.initial.get("planned_sample"))
        if is_switched and self.instance.pk and self.instance.snapshots.filter(is_look=True).exists():
            raise ValidationError(NO_PLAN_NOW if planned else PLAN_TO_KEEP)
        return planned

    def clean(self) -> dict[str, Any] | None:
        """The end comes after the start."""
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("starts_at") and data.get("ends_at") and data["starts_at"] >= data["ends_at"]:
            self.add_error("ends_at", "The end has to come after the start.")
        return cleaned


@admin.register(Experiment)
class ExperimentAdmin(StoreScopedAdmin):
    """A test's settings and variants. It is launched by its checklist, and taken further from its report."""

    form = ExperimentForm
    inlines = (VariantInline,)
    frozen = ("store", "key")
    list_display = ("name", "store", "moment", "status", "traffic_share", "started_at")
    list_filter = ("status", "moment")
    list_select_related = ("store",)
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    readonly_fields = (
        "status",
        "source",
        "started_at",
        "ended_at",
        "decision",
        "rolled_out_variant",
        "next_page",
        "who_matches",
        "guarded",
    )
    actions = ("archive_tests",)
    fieldsets = (
        (None, {"fields": ("store", "name", "key", "hypothesis", "moment", "status", "next_page")}),
        (
            "Traffic",
            {
                "fields": (
                    "traffic_share",
                    "priority",
                    "targeting",
                    "who_matches",
                    "starts_at",
                    "ends_at",
                    "started_at",
                    "ended_at",
                )
            },
        ),
        (
            "Analysis",
            {
                "fields": (
                    "goal_metric",
                    "guardrails",
                    "is_pausing_on_harm",
                    "attribution_window_days",
                    "planned_sample",
                    "planned_days",
                    "planned_looks",
                    "alpha",
                    "prior_sd",
                    "cap_minor",
                    "source",
                )
            },
        ),
        ("Conclusion", {"fields": ("decision", "rolled_out_variant", "learning", "next_step")}),
    )

    class Media:
        css = {"all": ("stage/admin.css",)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The key follows the name while the test is being made."""
        return {} if obj else dict(self.prepopulated_fields)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What can't be changed is said in words: whom a running test is for, and all of it to who may only look."""
        is_read_only = not self.has_change_permission(request, obj)
        words = {"guardrails": "guarded"} if is_read_only else {}
        left_out = {"targeting"} if obj and (is_read_only or obj.status == Status.RUNNING) else set()
        return [
            (
                title,
                {**options, "fields": [words.get(name, name) for name in options["fields"] if name not in left_out]},
            )
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the targeting while the test runs, and the cap from its start on; an imported test has no moment."""
        more = {
            "targeting": obj and obj.status == Status.RUNNING,
            "moment": obj and obj.source == Source.IMPORTED,
            "cap_minor": obj and obj.started_at,
        }
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *(name for name, is_frozen in more.items() if is_frozen))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The test's entries in the audit log, which has its life too and not only what was typed here."""
        experiment = self.get_object(request, unquote(object_id))
        if experiment is None or not self.has_view_permission(request, experiment):
            return cast("HttpResponse", super().history_view(request, object_id, extra_context))
        log = reverse("admin:experiments_auditentry_changelist")
        return redirect(f"{log}?experiment__id__exact={experiment.pk}")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins of the store, until the start: what was shown is kept, and archived at most."""
        return not (obj and obj.started_at) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Experiment, form: forms.ModelForm[Any], change: bool) -> None:
        """With a trace of who made it, or changed what."""
        before = stored_values(obj, form.changed_data) if change else {}
        super().save_model(request, obj, form, change)
        if change:
            note_changes(request, obj, before, [obj])
        else:
            audit.record(store=obj.store, experiment=obj, action=AuditAction.CREATED, actor=request.user.get_username())

    @admin.display(description="In words")
    def who_matches(self, experiment: Experiment) -> str:
        """Whom the rules are for, and how many of last week's decisions at this moment they match."""
        if not experiment.pk:
            return "Once it is saved"
        store = experiment.store
        try:
            words = describe(experiment.targeting, money=lambda minor: money.text(minor, store.currency))
            match = matching_share(store, experiment.moment, experiment.targeting)
        except targeting.TargetingError as error:
            return f"Can't be read: {error}"
        if not match.total:
            return f"{words}. No page has asked about this moment in the last week."
        share = match.matched / match.total
        return f"{words}. That is {share:.0%} of last week's {match.total:,} decisions at this moment."

    @admin.display(description="Guardrails")
    def guarded(self, experiment: Experiment) -> str:
        """How much worse which metric may get."""
        return in_words(experiment.guardrails)

    @admin.display(description="Next")
    def next_page(self, experiment: Experiment) -> str:
        """To the checklist of a test that hasn't started, else to its report."""
        if not experiment.pk:
            return "Save it, then launch it by its checklist."
        place = (experiment.store.slug, experiment.key)
        is_before = experiment.status in {Status.DRAFT, Status.SCHEDULED} and experiment.source == Source.LIVE
        name, text = ("launch", "Open the checklist") if is_before else ("report", "Open the report")
        return format_html('<a class="text-link" href="{}">{}</a>', reverse(f"dashboard:{name}", args=place), text)

    @admin.action(description="Archive", permissions=["change"])
    def archive_tests(self, request: HttpRequest, chosen: QuerySet[Experiment]) -> None:
        """Put the chosen tests away, where they are over or were never started; say why the others stay."""
        archived = 0
        for experiment in limited(chosen, request, EDITORS).select_related("store"):
            try:
                lifecycle.archive(experiment=experiment, actor=request.user.get_username())
            except lifecycle.LifecycleError as error:
                self.message_user(request, f"{experiment}: {error}", messages.WARNING)
            else:
                archived += 1
        self.message_user(request, f"{archived} of {len(chosen)} archived.")
