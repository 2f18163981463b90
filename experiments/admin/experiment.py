"""Experiments; their variants are rows of the same page."""

from __future__ import annotations

import json
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from experiments import audit, formatting
from experiments.admin.guardrail_editor import GuardrailField, in_words
from experiments.admin.money_form import MoneyForm
from experiments.admin.rule_editor import RuleField, rules_of
from experiments.admin.share_field import ShareField
from experiments.admin.storable_json import StorableJSONField
from experiments.admin.tenancy import EDITORS, StoreScopedAdmin, limited
from experiments.admin.trail import note_changes, stored_values
from experiments.admin.variant import NOT_SAVED_YET, VariantInline
from experiments.assignment import targeting
from experiments.decisions.samples import matching_share
from experiments.models import AuditAction, Experiment, Metric, Source, Status
from experiments.page_links import LinkedPage, link_to
from experiments.plan.guarding import effective_guardrails, is_measurable
from experiments.running import lifecycle
from experiments.targeting_words import describe, error_text

NO_PLAN_NOW = _(
    "This test has already been analyzed without a plan, so it can't get one now. Leave this field empty, or duplicate "
    "the test and plan the copy."
)
# What whoever may only look reads in the place of a field.
IN_WORDS = {"guardrails": "guarded", "traffic_share": "taking_part"}
PLAN_TO_KEEP = _("The planned looks have begun. Enter another sample size; the field can't be empty.")


def measurable_goals(experiment: Experiment) -> list[tuple[str, Any]]:
    """Return the metrics that mean something at the test's moment, and the goal that it has."""
    goals = []
    for value, label in Metric.choices:
        if value == experiment.goal_metric or is_measurable(value, experiment.moment):
            goals.append((value, label))
    return goals


class ExperimentForm(MoneyForm):
    """An experiment's settings."""

    money_fields = ("cap_minor",)

    class Meta:
        help_texts = {
            "hypothesis": _("What you expect and why. It is shown at the top of the report."),
            "starts_at": _("Leave empty to start as soon as you launch."),
            "ends_at": _("Leave empty to run until you stop the test."),
            "goal_metric": _("The metric that decides. Revenue per visitor also counts visitors who don't buy."),
            "attribution_window_days": _("Orders count for this many days after the exposure."),
            "planned_looks": _("How many times you may act on the result before the test ends."),
            "alpha": _("The false positive rate: 0.05 means that 1 in 20 tests without an effect shows one by chance."),
            "prior_sd": _(
                "How large effects usually are. With 0.1, it is learned from the store's past tests; any other number "
                "replaces that for chance to win and expected loss. With 0.05, most lifts are expected within 10%."
            ),
            "learning": _("What the test showed, so that others can find it in the playbook."),
        }

    targeting = RuleField(
        label=_("Targeting"),
        help_text=_("Who sees the test. Save and continue to see how many of last week's visitors match."),
    )
    traffic_share = ShareField(
        label=_("Traffic share (%)"),
        min_value=0,
        max_value=100,
        initial=1.0,
        help_text=_(
            "The share of matching visitors who take part, control included. Changing it doesn't move anyone between "
            "variants."
        ),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    guardrails = GuardrailField(
        label=_("Guardrails"),
        help_text=_("How much worse each metric may get against control. Leave a metric empty for no guardrail."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "targeting" in self.fields:
            self.fields["targeting"].widget.currency = self.currency_of_row()
        if "goal_metric" in self.fields:
            cast("forms.ChoiceField", self.fields["goal_metric"]).choices = measurable_goals(self.instance)
        if "guardrails" in self.fields and self.instance.moment:
            moment = self.instance.moment
            self.fields["guardrails"].widget.moment = moment
            # What can't move there has no line: what stands in for it has, so that saving keeps it.
            self.initial["guardrails"] = effective_guardrails(self.instance.guardrails, moment)

    def clean_targeting(self) -> Any:
        """Return rules that the edge can read. Raises ``ValidationError``."""
        try:
            rules = rules_of(self.cleaned_data["targeting"], self.currency_of_row())
            targeting.validate(rules)
        except targeting.TargetingError as error:
            raise ValidationError(error_text(error), code="targeting") from error
        return StorableJSONField(required=False).to_python(json.dumps(rules))

    def clean_planned_sample(self) -> int | None:
        """Refuse to add or drop the plan after the first look: the errors of two ways of reading would add up."""
        planned: int | None = self.cleaned_data["planned_sample"]
        is_switched = bool(planned) != bool(self.initial.get("planned_sample"))
        if not is_switched or not self.instance.pk or not self.instance.snapshots.filter(is_look=True).exists():
            return planned
        if planned:
            raise ValidationError(NO_PLAN_NOW)
        raise ValidationError(PLAN_TO_KEEP)

    def clean(self) -> dict[str, Any] | None:
        """Refuse an end before the start."""
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("starts_at") and data.get("ends_at") and data["starts_at"] >= data["ends_at"]:
            self.add_error("ends_at", gettext("Choose an end after the start."))
        return cleaned


@admin.register(Experiment)
class ExperimentAdmin(StoreScopedAdmin):
    """A test's settings and variants. It is launched by its checklist, and taken further from its report."""

    form = ExperimentForm
    inlines = (VariantInline,)
    frozen = ("store", "key")
    list_display = ("name", "store", "moment", "status", "taking_part", "started_at")
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
        "taking_part",
    )
    actions = ("archive_tests",)
    fieldsets = (
        (None, {"fields": ("store", "name", "key", "hypothesis", "moment", "status", "next_page")}),
        (
            _("Traffic"),
            {
                "fields": (
                    "traffic_share",
                    "priority",
                    "targeting",
                    "who_matches",
                    "pair_exposure",
                    "starts_at",
                    "ends_at",
                    "started_at",
                    "ended_at",
                )
            },
        ),
        (
            _("Analysis"),
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
                    "covariates",
                    "is_aa_test",
                    "cap_minor",
                    "source",
                )
            },
        ),
        (_("Conclusion"), {"fields": ("decision", "rolled_out_variant", "learning", "next_step")}),
    )

    class Media:
        css = {"all": ("stage/admin.css",)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Let the key follow the name while the test is being made."""
        if obj:
            return {}
        return dict(self.prepopulated_fields)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Say in words what can't be changed: whom a running test is for, and all of it to whoever may only look."""
        is_read_only = not self.has_change_permission(request, obj)
        fieldsets = []
        for title, options in super().get_fieldsets(request, obj):
            fields = list(options["fields"])
            if is_read_only:
                fields = [IN_WORDS.get(name, name) for name in fields]
            if "targeting" in fields and obj and (is_read_only or obj.status == Status.RUNNING):
                fields.remove("targeting")  # ``who_matches`` beside it says it
            fieldsets.append((title, {**options, "fields": fields}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the targeting while the test runs, and what can't change from its start on; an imported test has no
        moment."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return tuple(fields)
        if obj.status == Status.RUNNING:
            fields.append("targeting")
        if obj.source == Source.IMPORTED:
            fields.append("moment")
        if obj.started_at:
            fields += ["cap_minor", "covariates", "pair_exposure"]
        return tuple(fields)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the test's entries in the audit log: it has its whole life, not only what was typed here."""
        experiment = self.get_object(request, unquote(object_id))
        if experiment is None or not self.has_view_permission(request, experiment):
            return cast("HttpResponse", super().history_view(request, object_id, extra_context))
        log = reverse("admin:experiments_auditentry_changelist")
        return redirect(f"{log}?experiment__id__exact={experiment.pk}")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins of the store to delete it until the start: what was shown is kept, and archived at most."""
        return not (obj and obj.started_at) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Experiment, form: forms.ModelForm[Any], change: bool) -> None:
        """Save it, and note in the audit trail who made it or changed what."""
        if not change:
            super().save_model(request, obj, form, change)
            audit.record(store=obj.store, experiment=obj, action=AuditAction.CREATED, actor=request.user.get_username())
            return
        before = stored_values(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        note_changes(request, obj, before, [obj])

    @admin.display(description=_("Who sees it"))
    def who_matches(self, experiment: Experiment) -> str:
        """Say whom the rules are for, and how many of last week's decisions at this moment they match."""
        if not experiment.pk:
            return str(NOT_SAVED_YET)
        store = experiment.store
        try:
            words = capfirst(
                describe(experiment.targeting, money=lambda minor: formatting.price(minor, store.currency))
            )
            match = matching_share(store, experiment.moment, experiment.targeting)
        except targeting.TargetingError as error:
            return gettext("The rules can't be read: %(error)s") % {"error": error_text(error)}
        if not match.total:
            return gettext("%(rules)s. No page requested an offer at this moment in the last week.") % {"rules": words}
        share = formatting.whole_percent(match.matched / match.total)
        text = gettext("%(rules)s. That is %(share)s of last week's %(count)s requests at this moment.")
        return text % {"rules": words, "share": share, "count": formatting.count(match.total)}

    @admin.display(description=_("Traffic share"), ordering="traffic_share")
    def taking_part(self, experiment: Experiment) -> str:
        """Say which share of the visitors takes part."""
        return formatting.chosen_percent(experiment.traffic_share)

    @admin.display(description=_("Guardrails"))
    def guarded(self, experiment: Experiment) -> str:
        """Say how much worse which metric may get."""
        return in_words(effective_guardrails(experiment.guardrails, experiment.moment))

    @admin.display(description=_("Next"))
    def next_page(self, experiment: Experiment) -> str:
        """Link to the checklist of a test that hasn't started, else to its report."""
        if not experiment.pk:
            return gettext("Save the test, then launch it from its checklist.")
        page, text = LinkedPage.REPORT, gettext("Open the report")
        if experiment.source == Source.LIVE and experiment.status in {Status.DRAFT, Status.SCHEDULED}:
            page, text = LinkedPage.LAUNCH, gettext("Open the checklist")
        url = link_to(page, experiment.store.slug, experiment.key)
        return format_html('<a class="text-link" href="{}">{}</a>', url, text)

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive_tests(self, request: HttpRequest, chosen: QuerySet[Experiment]) -> None:
        """Archive the chosen tests that are over or never started; say why the others can't be."""
        archived = 0
        for experiment in limited(chosen, request, EDITORS).select_related("store"):
            try:
                lifecycle.archive(experiment=experiment, actor=request.user.get_username())
            except lifecycle.LifecycleError as error:
                self.message_user(request, f"{experiment}: {error}", messages.WARNING)
            else:
                archived += 1
        counts = {"archived": archived, "chosen": len(chosen)}
        self.message_user(request, gettext("Archived %(archived)s of %(chosen)s tests.") % counts)
