"""What a draft's treatment shows: begun with its template's words, saved with an entry of the trail."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout_widgets import recent_orders
from checkout_widgets.launching.templates import Template, TemplateSecond, TemplateTreatment, templates
from checkout_widgets.models import NextWidget, Widget
from experiments import audit
from experiments.models import AuditAction, Experiment, Variant
from experiments.running.lifecycle import locked_experiment
from experiments.written_words import in_each_language


class AlreadyStartedError(Exception):
    """The test has started: what its visitors saw stays."""


def widget_of(variant: Variant) -> Widget:
    """Return the treatment's widget; a new one, with the words of the test's template, where there is none yet."""
    widget = Widget.objects.filter(variant=variant).select_related("offer").first()
    if widget is not None:
        return widget
    begun = template_treatment(variant)
    if begun is None:
        return Widget(variant=variant)
    return Widget(
        variant=variant,
        layout=begun.layout,
        headline=begun.headline,
        body=begun.body,
        reason=begun.reason,
        accept_label=begun.accept_label,
    )


def template_treatment(variant: Variant) -> TemplateTreatment | None:
    """Return the treatment of the template that the draft was made from; ``None`` for a draft made otherwise."""
    template = template_of(variant.experiment)
    if template is None:
        return None
    for arm in template.arms:
        if arm.key == variant.key:
            return arm
    return None


def template_of(experiment: Experiment) -> Template | None:
    """Return the template that a draft was made from; ``None`` for a draft made otherwise."""
    created = experiment.audit_entries.filter(action=AuditAction.CREATED).first()
    if created is None:
        return None
    return templates().get(created.detail.get("template", ""))


def next_widget_of(variant: Variant, after: str) -> NextWidget:
    """Return the treatment's second offer after this answer; a new one, switched off, where there is none yet.

    It begins with the words of the test's template, where that has a second offer there.
    """
    second = NextWidget.objects.filter(variant=variant, after=after).select_related("offer").first()
    if second is not None:
        return second
    second = NextWidget(variant=variant, after=after, is_shown=False)
    begun = template_second(variant)
    if begun is not None and begun.after == after:
        second.headline, second.reason = begun.headline, begun.reason
    return second


def template_second(variant: Variant) -> TemplateSecond | None:
    """Return what the draft's template shows second in this treatment; ``None`` where it shows nothing."""
    begun = template_treatment(variant)
    if begun is None:
        return None
    return begun.second


def save_widget(widget: Widget | NextWidget, changed: list[str], *, actor: str) -> None:
    """Save a draft's widget, or a second offer; ``changed`` names the fields to note in the trail.

    Raises ``AlreadyStartedError``.
    """
    experiment: Experiment = widget.variant.experiment
    of = in_each_language(lambda: _("Widget of %(variant)s") % {"variant": widget.variant})
    if isinstance(widget, NextWidget):
        of = in_each_language(lambda: _("Second offer of %(variant)s") % {"variant": widget.variant})
    with transaction.atomic():
        # locked, so that a launch at this instant either has the new widget or is refused here
        if locked_experiment(experiment).started_at is not None:
            raise AlreadyStartedError
        before = {}
        if widget.pk:
            before = audit.values(type(widget).objects.get(pk=widget.pk), changed)
        widget.save()
        detail = audit.changes(before, audit.values(widget, changed))
        if detail:
            audit.record_editing(experiment, actor, detail, of)
        # so that a claim is true at once
        claims = recent_orders.offers_that_show_recent_orders().filter(pk=widget.offer_id)
        recent_orders.count(offers=claims, now=timezone.now())
