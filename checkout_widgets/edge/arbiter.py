"""Which offer, if any, a visitor gets at a moment: one arbiter for all moments, pure, no database.

Consent -> bots -> holdout -> caps, decline memory, friction -> running experiments by priority (schedule, offers,
targeting, then inclusion) -> the rolled-out winner -> nothing. Whether a visitor is eligible is settled before the
variant is known, so that control and treatment hold the same kind of visitors.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl

from checkout_widgets.availability import is_within
from checkout_widgets.edge import robots
from checkout_widgets.edge.configuration import (
    ExperimentConfiguration,
    StoreConfiguration,
    VariantConfiguration,
)
from checkout_widgets.edge.payloads import DecideBody, History
from experiments.assignment.allocation import choose_variant, is_held_out, is_included
from experiments.assignment.targeting import Context
from experiments.models.experiment import UNDELIVERED

CAMPAIGN = frozenset(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"])
MAX_QUERY_FIELDS = 100
# A decline that is further in the future was told by a clock that is wrong: believed, it would silence until then.
MAX_AHEAD = timedelta(minutes=5)


class Choice(NamedTuple):
    """What was chosen at a moment: a variant of an experiment, or the reason why there is nothing.

    ``refusing`` is the experiment that gave the reason; None where it is the store's. ``withheld`` is what
    only the holdout keeps from the visitor.
    """

    moment: str
    experiment: ExperimentConfiguration | None = None
    variant: VariantConfiguration | None = None
    reason: str = ""
    refusing: ExperimentConfiguration | None = None
    withheld: ExperimentConfiguration | None = None


def has_consent(store: StoreConfiguration, body: DecideBody) -> bool:
    """Whether this visitor may be measured: what the shopper said counts, then what the store asks for."""
    said = body.consent.measurement if body.consent else None
    return not store.is_consent_required if said is None else said


def refusal_reason(store: StoreConfiguration, body: DecideBody, visitor_id: str, user_agent: str, now: datetime) -> str:
    """Why this visitor gets nothing at any moment; empty where nothing stands against it."""
    if not has_consent(store, body):
        return "no_consent"
    if robots.is_crawler(user_agent):
        return "bot"
    if is_held_out(store.slug, visitor_id, store.holdout_share):
        return "holdout"
    return silence_reason(store, body.history, now)


def silence_reason(store: StoreConfiguration, history: History | None, now: datetime) -> str:
    """Why the visitor is left alone after what happened before; empty otherwise."""
    if history is None:
        return ""
    if offers_left(store, history) <= 0:
        return "capped"
    if history.declined_at is not None and -MAX_AHEAD <= now - history.declined_at < store.decline_silence:
        return "declined_recently"
    return "friction" if history.friction else ""


def offers_left(store: StoreConfiguration, history: History | None) -> int:
    """How many more offers the visitor may be shown in this session and today, at all moments together."""
    shown_session, shown_today = (history.shown_session, history.shown_today) if history else (0, 0)
    return max(0, min(store.max_offers_per_session - shown_session, store.max_offers_per_day - shown_today))


def context_of(body: DecideBody, hour: int) -> Context:
    """What targeting rules can ask about; ``hour`` is that of the store's clock."""
    cart, visitor = body.cart, body.visitor
    items = cart.items if cart else []
    return Context(
        device=body.device or "",
        country=(visitor.country or "").lower() if visitor else "",
        language=(body.locale or "").lower().replace("_", "-").partition("-")[0],
        customer_type=customer_type(body).lower(),
        currency=cart.currency.lower() if cart else "",
        path=body.page.path.lower() if body.page else "",
        cart_value_minor=cart.total_minor if cart else None,
        cart_items=sum(item.quantity for item in items) if cart else None,
        orders=visitor.orders if visitor else None,
        skus=frozenset([item.sku.lower() for item in items]),
        categories=frozenset([item.category.lower() for item in items if item.category]),
        tags=frozenset([tag.lower() for tag in visitor.tags]) if visitor else frozenset(),
        hour=hour,
        **(campaign(body.page.query) if body.page and body.page.query else {}),
    )


def campaign(query: str) -> dict[str, str]:
    """The ``utm_`` fields of an address's query, in lower case; the first of each name."""
    try:
        fields = parse_qsl(query.lstrip("?&").lower(), max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        return {}
    return {name: value for name, value in reversed(fields) if name in CAMPAIGN}


def customer_type(body: DecideBody) -> str:
    """What the store calls the customer; ``new`` or ``returning`` by their orders where it only counts those."""
    visitor = body.visitor
    if visitor is None or visitor.customer_type or visitor.orders is None:
        return (visitor.customer_type or "") if visitor else ""
    return "returning" if visitor.orders else "new"


def withhold_offers(store: StoreConfiguration, moment: str, visitor_id: str, context: Context, now: datetime) -> Choice:
    """Nothing for a held-out visitor, who is noted where anybody else would have been in a test or got a winner."""
    choice = choose(store, moment, visitor_id, context, now)
    return Choice(moment, reason="holdout", withheld=choice.experiment if choice.variant else None)


def choose(store: StoreConfiguration, moment: str, visitor_id: str, context: Context, now: datetime) -> Choice:
    """The first running experiment that takes the visitor, then the rolled-out winner, then nothing."""
    refusals = []
    for experiment in store.tests.get(moment, ()):
        reason = ineligibility(experiment, context, now)
        if not reason and is_included(experiment.salt, visitor_id, experiment.traffic_share):
            key = choose_variant(experiment.salt, visitor_id, experiment.arms)
            return Choice(moment, experiment, experiment.variants[key])
        refusals.append(Choice(moment, reason=reason or "not_included", refusing=experiment))
    for experiment in store.rollouts.get(moment, ()):
        reason = ineligibility(experiment, context, now)
        if not reason:
            return Choice(moment, experiment, experiment.rolled_out)
        refusals.append(Choice(moment, reason=reason, refusing=experiment))
    return most_telling_refusal(refusals) or Choice(moment, reason="no_experiment")


def most_telling_refusal(refusals: Iterable[Choice]) -> Choice | None:
    """The refusal of the first experiment that really runs; a paused one comes last."""
    running = [choice for choice in refusals if choice.reason != "no_experiment"]
    for choice in running:
        if choice.reason != "paused":
            return choice
    return running[0] if running else None


def ineligibility(experiment: ExperimentConfiguration, context: Context, now: datetime) -> str:
    """Why the experiment is not for this visitor now, whatever the variant; empty where it is."""
    reason = closure_reason(experiment, now)
    if reason:
        return reason
    if context.currency and any(offer.currency.lower() != context.currency for offer in experiment.offers):
        return "not_targeted"
    if not experiment.is_targeted(context):
        return "not_targeted"
    is_needed = context.skus.isdisjoint(experiment.cross_sold) and context.skus >= experiment.replaced
    return "" if is_needed else "not_targeted"


def closure_reason(experiment: ExperimentConfiguration, now: datetime) -> str:
    """Why the experiment is for nobody at all now; empty where it can be for somebody."""
    if experiment.is_paused:
        return "paused"
    if not is_within(now, experiment.starts_at, experiment.ends_at):
        return "no_experiment"
    if not all(offer.is_available(now) for offer in experiment.offers):
        return "out_of_stock"
    return ""


def open_moments(store: StoreConfiguration, now: datetime) -> list[str]:
    """The moments at which somebody can get an offer now: those that are worth a slot in a page.

    A moment is open while a test there runs and includes some visitors, or a rolled-out winner can be shown. No page
    has a slot for follow-up e-mails.
    """
    tests = [test for running in store.tests.values() for test in running if test.traffic_share > 0]
    winners = [winner for rolled_out in store.rollouts.values() for winner in rolled_out]
    shown = {experiment.moment for experiment in tests + winners if not closure_reason(experiment, now)}
    return sorted(shown - UNDELIVERED)
