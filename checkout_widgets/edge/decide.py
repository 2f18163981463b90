"""``POST /v1/decide``: what to show this visitor now. No database query but for previews: all of it is in memory."""

from collections.abc import Callable
from functools import partial

from checkout_widgets.edge import arbiter, decide_body, decision_counter
from checkout_widgets.edge.arbiter import Choice, Shopper
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.decide_answer import TRIGGERS, DecideAnswer, MomentDecision, decision_of
from checkout_widgets.edge.decision_counter import CountedMoment
from checkout_widgets.edge.endpoint import NeedsDatabase, endpoint
from checkout_widgets.edge.previews.answer import answer_preview
from checkout_widgets.edge.targeting_context import AskedContext
from experiments.models import Moment
from experiments.time_ordered_ids import new_visitor_id

UNMEASURED = ("no_consent", "bot")  # nothing is kept of these but that they came
# Any text that is no moment is counted as one: it would be a row of its own for each mistake.
UNKNOWN_MOMENT: CountedMoment = ("", None, "unknown_moment")
TTL_S = 300
TTL_DISABLED_S = 60
MOMENTS = frozenset(Moment.values)  # those without a trigger are reached by no page, and by a store's servers alone


Chooser = Callable[[Shopper, str], Choice]


@endpoint(max_bytes=60_000, source="decide", has_queries=False)
def decide(call: Call) -> DecideAnswer:
    """Decide each moment that the page asks for."""
    body = decide_body.read(call.body)
    store = call.store_for_page(body.key)
    if body.preview:
        raise NeedsDatabase(partial(answer_preview, store.id, body))
    shopper = Shopper(
        store=store,
        body=body,
        visitor_id=body.visitor_id or new_visitor_id(),
        user_agent=call.user_agent,
        is_server="HTTP_AUTHORIZATION" in call.environ,
        context=AskedContext(body, call.now, store.timezone),
        now=call.now,
    )
    reason = arbiter.refusal_reason(shopper)
    told_id: str | None = shopper.visitor_id
    if reason in UNMEASURED:
        told_id = body.visitor_id  # a new id would be a means to recognize somebody who didn't consent
    is_enabled = bool(store.tests or store.rollouts)
    ttl_s = TTL_S
    if not is_enabled:
        ttl_s = TTL_DISABLED_S  # the first test of a store should not wait for long
    return DecideAnswer(
        visitor_id=told_id,
        ttl_s=ttl_s,
        enabled=is_enabled,
        offers_left=arbiter.offers_left(store, body.history),
        decisions=decisions(shopper, reason),
    )


def decisions(shopper: Shopper, reason: str) -> list[MomentDecision]:
    """Decide at each moment, and count what was decided: nothing at any where there is a ``reason``."""
    choose = chooser(shopper, reason)
    decided, counted = [], []
    for moment in shopper.body.moments:
        if moment not in MOMENTS:
            decided.append(MomentDecision(moment, reason="unknown_moment"))
            counted.append(UNKNOWN_MOMENT)
            continue
        if choose is None:
            choice = Choice(moment, reason=reason)
        elif moment not in TRIGGERS and not shopper.is_server:
            choice = Choice(moment, reason="no_experiment")
        else:
            choice = choose(shopper, moment)
        decided.append(decision_of(shopper, choice))
        counted.append(counted_moment(choice))
    context: AskedContext | None = shopper.context
    if reason in UNMEASURED:
        context = None  # what is sampled of a visitor who may not be measured
    decision_counter.current().add(shopper.store.id, counted, context, shopper.now)
    return decided


def chooser(shopper: Shopper, reason: str) -> Chooser | None:
    """Return how to choose, None where nothing can be chosen.

    For the held-out as well, as long as nothing else keeps offers from them: they are compared with those who got one.
    """
    if not reason:
        return arbiter.choose
    if reason != "holdout" or not shopper.store.holdout:
        return None
    if arbiter.silence_reason(shopper.store, shopper.body.history, shopper.now):
        return None
    return arbiter.withhold_offers


def counted_moment(choice: Choice) -> CountedMoment:
    """Return the choice as it is counted."""
    experiment = choice.experiment or choice.refusing
    if experiment is None:
        return choice.moment, None, choice.reason
    return choice.moment, experiment.id, choice.reason or "served"
