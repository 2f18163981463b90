"""Points of the checklist on sequences: what may come second, and what a test of it has to watch."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, LaunchCandidate, section_of
from checkout_widgets.launching.treatments import template_of, template_second
from checkout_widgets.models import Layout, NextWidget, Offer, ShopperAnswer, Widget
from experiments.models import Experiment, Metric
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from experiments.plan.guarding import SHARE_MARGIN, effective_guardrails

CODE = "sequence"
# A box that stays checked and a dialog leave no place for what comes after them.
LAYOUTS_ALONE = frozenset({Layout.BUMP, Layout.DIALOG})
# What a second offer after a no may cost a store beyond the order: money back, and customers who don't return.
# How much worse each may get: buyers with money back by one in a hundred, orders by 2%.
GUARDED_AFTER_NO = {Metric.REFUNDED_SHARE: SHARE_MARGIN, Metric.ORDERS_PER_VISITOR: -0.02}


def sequences(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check what comes second, and that the test can tell what it brings."""
    yield from missing_seconds(candidate)
    if not candidate.next_widgets:
        return
    if candidate.experiment.moment not in MOMENTS_OF_SEQUENCES:
        text = _("The second offers aren't shown: they come only at the confirmation")
        yield Check(CODE, "warn", text, _("Choose confirmation as the moment, or switch them off."), section="question")
        return
    faults = list(faults_of_all(candidate))
    yield from faults
    if not faults:
        yield Check(CODE, "pass", _("Every second offer fits the first"))
    with_second = set(map(attrgetter("variant_id"), candidate.next_widgets))
    if len(with_second) == len(candidate.treatments):
        text = _("No variant shows the first offer alone, so the test can't tell what the second one brings")
        fix = _("Switch the second offers off in one of the treatments.")
        yield Check(CODE, "warn", text, fix, section=section_of(candidate.next_widgets[-1]))


def missing_seconds(candidate: LaunchCandidate) -> Iterator[Check]:
    """Yield the treatments whose template has a second offer, and that have none yet."""
    if candidate.experiment.moment not in MOMENTS_OF_SEQUENCES:
        return
    template = template_of(candidate.experiment)
    if template is None or not any(arm.second for arm in template.arms):
        return
    written = set(NextWidget.objects.filter(variant__in=candidate.treatments).values_list("variant", "after"))
    for variant in candidate.treatments:
        second = template_second(variant)
        if second is not None and (variant.pk, second.after) not in written:
            text = _("“%(variant)s” has no second offer yet") % {"variant": variant}
            fix = _("Open “After a yes” or “After a no” in the treatment, and choose it there.")
            yield Check(CODE, "warn", text, fix, section=f"{second.after}-{variant.key}")


def faults_of_all(candidate: LaunchCandidate) -> Iterator[Check]:
    """Yield what keeps each second offer from coming second, and the guardrails that are missing."""
    has_after_no = False
    for second in candidate.next_widgets:
        first = candidate.widgets[second.variant_id]
        has_after_no = has_after_no or second.after == ShopperAnswer.DECLINED
        if is_alone(first):
            yield Check(CODE, "fail", *layout_fault(first), section=section_of(first))
        for text, fix in faults_of(second, first):
            yield Check(CODE, "fail", text, fix, section=section_of(second))
    if has_after_no:
        yield from missing_guardrails(candidate)


def faults_of(second: NextWidget, first: Widget) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a second offer, each with what to do."""
    names = {"second": second.offer, "first": first.offer}
    another = _("Choose another offer.")
    if skus_of(second.offer) & skus_of(first.offer) and second.after == ShopperAnswer.ACCEPTED:
        yield _("The second offer “%(second)s” has a product of “%(first)s”, which was just accepted") % names, another
    if second.offer.replaces_id is not None:
        yield _("The second offer “%(second)s” replaces a product, which only a first offer can") % names, another
    if is_alone(second):
        yield layout_fault(second)
    if second.after == ShopperAnswer.DECLINED and first.offer.pairing:
        text = _("After a no, “%(second)s” must cost less than the first offer, but a pair's price depends on the cart")
        yield text % names, _("Switch the second offer off, or choose fixed products first.")
    elif second.after == ShopperAnswer.DECLINED and not is_smaller(second.offer, first.offer):
        text = _("After a no, “%(second)s” must cost less than “%(first)s” and have no more units")
        yield text % names, _("Choose a smaller and cheaper offer.")


def is_alone(widget: Widget | NextWidget) -> bool:
    """Return whether a widget's layout, on either device, can't be part of a sequence."""
    return bool(LAYOUTS_ALONE & {widget.layout, widget.phone_layout})


def layout_fault(widget: Widget | NextWidget) -> tuple[str, str]:
    """Say that a widget's layout can't be part of a sequence, and what to do."""
    text = _("“%(widget)s” is a checkbox or a dialog, which can't be part of a sequence")
    return text % {"widget": widget}, _("Choose another layout.")


def skus_of(offer: Offer) -> set[str]:
    """Return the SKUs that the offer sells."""
    skus = set()
    for item in offer.items.select_related("product"):
        skus.add(item.product.sku.lower())
    return skus


def is_smaller(second: Offer, first: Offer) -> bool:
    """Return whether the second offer costs less, whatever the quantity, and has at most as many units."""
    prices = [second.price_minor, *(tier.price_minor for tier in second.tiers.all())]
    return max(prices) < first.price_minor and units_of(second) <= units_of(first)


def units_of(offer: Offer) -> int:
    """Return how many units of products the offer has."""
    return sum(item.quantity for item in offer.items.all())


def missing_guardrails(candidate: LaunchCandidate) -> Iterator[Check]:
    """Yield the guardrails that a test with an offer after a no has to carry and doesn't."""
    for metric in unguarded(candidate.experiment):
        text = _("A second offer after a no needs a guardrail on “%(metric)s”") % {"metric": metric.label}
        yield Check(f"{CODE}_guardrails", "fail", text, _("Add it under Goal and guardrails."))


def unguarded(experiment: Experiment) -> list[Metric]:
    """Return the metrics that a test with an offer after a no has to guard and doesn't; the goal guards itself."""
    guarded = {experiment.goal_metric}
    for guardrail in effective_guardrails(experiment.guardrails, experiment.moment):
        guarded.add(guardrail["metric"])
    return [metric for metric in GUARDED_AFTER_NO if metric.value not in guarded]


def with_guardrails(experiment: Experiment) -> list[dict[str, Any]]:
    """Return the test's guardrails with those that an offer after a no needs, at their usual margins."""
    guardrails = list(experiment.guardrails)
    for metric in unguarded(experiment):
        guardrails.append({"metric": metric.value, "margin": GUARDED_AFTER_NO[metric]})
    return guardrails
