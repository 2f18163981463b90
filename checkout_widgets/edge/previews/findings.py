"""Why a shopper on this page, with this cart, would not get what a preview shows; in words, the most lasting first."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.edge import arbiter
from checkout_widgets.edge.causes import Cause, cause_of
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.previews.shown import PreviewedVariant, sample_cart_minor
from checkout_widgets.edge.running_order import described, placed, served_at
from checkout_widgets.edge.targeting_context import AskedContext, cart_total_in
from experiments import money
from experiments.formatting import percent
from experiments.models import Experiment, Moment, Status

NOT_RUNNING = {
    Status.DRAFT: gettext_lazy("The test is a draft. Shoppers don't get it until it is launched."),
    Status.SCHEDULED: gettext_lazy("The test is scheduled. Shoppers don't get it until it starts."),
    Status.PAUSED: gettext_lazy("The test is paused. Shoppers don't get it until it is resumed."),
}
ENDED = gettext_lazy("The test has ended. Shoppers don't take part in it anymore.")
NOT_FOR = {
    Cause.OUT_OF_STOCK: gettext_lazy("The offer isn't available now, so nobody gets the test."),
    Cause.RULES: gettext_lazy("The test's targeting doesn't match this visit."),
    Cause.CURRENCY: gettext_lazy("The cart's currency isn't the offer's."),
    Cause.IN_CART: gettext_lazy("The offered product is in the cart already."),
    Cause.NOTHING_TO_REPLACE: gettext_lazy("The product that the upgrade replaces isn't in the cart."),
    Cause.NO_PAIR: gettext_lazy("With this cart, one of the test's variants has no pair to show, so none is shown."),
}


def findings_of(previewed: PreviewedVariant, body: DecideBody, now: datetime) -> list[str]:
    """Return the sentences; empty where a shopper who takes part in the test would get it. Queries the database."""
    return list(sentences(previewed, body, now))


def sentences(previewed: PreviewedVariant, body: DecideBody, now: datetime) -> Iterator[str]:
    """Say what stands between a shopper and the test."""
    experiment, store = previewed.experiment, previewed.experiment.store
    if previewed.widget is None:
        yield _("“%(variant)s” shows nothing. Switch the variant to see an offer.") % {"variant": previewed.variant}
    if experiment.status != Status.RUNNING:
        yield str(NOT_RUNNING.get(Status(experiment.status), ENDED))
    if body.cart is None or not body.cart.items:
        yield about_the_sample_cart(previewed, body)
    context = AskedContext(body, now, store.zone)
    reason = arbiter.ineligibility(previewed.test, context, now)
    if reason:
        yield str(NOT_FOR[cause_of(previewed.test, context, reason)])
    yield from first_served(experiment, previewed, context, now)


def about_the_sample_cart(previewed: PreviewedVariant, body: DecideBody) -> str:
    """Say which cart the preview is drawn with where the page has none."""
    total_minor = 0
    if previewed.widget is not None and not cart_total_in(previewed.widget.offer.currency, body):
        total_minor = sample_cart_minor(previewed.widget.free_shipping_minor)
    if not total_minor:
        return _("The cart is empty, or the page hasn't said what is in it.")
    total = money.text(total_minor, previewed.experiment.store.currency)
    return _(
        "The cart is empty, or the page hasn't said what is in it. The preview shows a sample cart of %(total)s."
    ) % {"total": total}


def first_served(
    experiment: Experiment, previewed: PreviewedVariant, context: AskedContext, now: datetime
) -> Iterator[str]:
    """Name the tests that come before this one for such a visit."""
    others = served_at(experiment.store, Moment(experiment.moment), without=experiment.pk)
    priorities, names = described(others)
    order = placed(previewed.test, experiment.priority, others, priorities)
    for other in order[: order.index(previewed.test)]:
        if arbiter.ineligibility(other, context, now) or not other.traffic_share:
            continue
        text = _("“%(test)s” comes first at this moment, for %(share)s of the visitors.")
        yield text % {"test": names[other.id], "share": percent(other.traffic_share)}


def page_findings(experiment: Experiment) -> dict[str, str]:
    """Return what the snippet says of the page, where it finds it so."""
    moment = experiment.get_moment_display()
    return {
        "no_slot": _(
            "This page has no visible place for the moment “%(moment)s”, so the preview is shown here. Shoppers see it "
            "on pages that have one."
        )
        % {"moment": moment},
        "exit_intent": _("Shoppers see this when they are about to leave the page."),
        "no_call": _("The page hasn't called upsell('page'), so shoppers see nothing here."),
        "no_consent": _("Consent hasn't been given in this browser. Shoppers see nothing until they give it."),
    }
