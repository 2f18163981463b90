"""``POST /v1/decide``: what to show this visitor now. No database query but for previews: all of it is in memory."""

from collections.abc import Callable
from functools import partial

from checkout_widgets.edge import arbiter, decision_counter, payloads, preview_answer, robots, targeting_context
from checkout_widgets.edge.arbiter import Candidate, Choice
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.decide_answer import TRIGGERS, DecideAnswer, Shopper, decision_of
from checkout_widgets.edge.decision_counter import CountedMoment
from checkout_widgets.edge.endpoint import NeedsDatabase, endpoint
from experiments.models import Moment
from experiments.time_ordered_ids import new_visitor_id

UNMEASURED = ("no_consent", "bot")  # nothing is kept of these but that they came
TTL_S = 300
TTL_DISABLED_S = 60
MOMENTS = frozenset(Moment.values)  # those without a trigger are reached by no page, and by a store's servers alone


Chooser = Callable[[Candidate, str], Choice]


@endpoint(max_bytes=60_000, source="decide", has_queries=False)
def decide(call: Call) -> DecideAnswer:
    """Decide each moment that the page asks for."""
    body = call.decode(payloads.decide)
    store = call.store_for_page(body.key)
    if body.preview:
        raise NeedsDatabase(partial(preview_answer.answer_preview, store.id, body))
    user_agent = call.user_agent
    visitor_id = body.visitor_id or new_visitor_id()
    shopper = Shopper(
        store=store,
        body=body,
        visitor_id=visitor_id,
        is_automated=body.automation is True or robots.is_automated(user_agent),
        is_server="HTTP_AUTHORIZATION" in call.environ,
        now=call.now,
    )
    reason = arbiter.refusal_reason(store, body, visitor_id=visitor_id, user_agent=user_agent, now=call.now)
    told_id: str | None = visitor_id
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
        decisions=[decision_of(shopper, choice) for choice in choices(shopper, reason)],
    )


def choices(shopper: Shopper, reason: str) -> list[Choice]:
    """Choose at each moment, and count what was chosen: nothing at any where there is a ``reason``."""
    candidate = candidate_of(shopper, reason)
    choose = chooser(shopper, reason)
    context = None  # what is sampled of a visitor who may not be measured
    if candidate is not None:
        context = candidate.context
    chosen, counted = [], []
    for moment in shopper.body.moments:
        if moment not in MOMENTS:
            choice = Choice(moment, reason="unknown_moment")
        elif choose is None or candidate is None:
            choice = Choice(moment, reason=reason)
        elif moment not in TRIGGERS and not shopper.is_server:
            choice = Choice(moment, reason="no_experiment")
        else:
            choice = choose(candidate, moment)
        chosen.append(choice)
        counted.append(counted_moment(choice))
    decision_counter.current().add(shopper.store.id, counted, context, shopper.now)
    return chosen


def candidate_of(shopper: Shopper, reason: str) -> Candidate | None:
    """Return the visitor as the arbiter sees them; None of one who may not be measured."""
    if reason in UNMEASURED:
        return None
    hour = shopper.now.astimezone(shopper.store.timezone).hour
    context = targeting_context.context_of(shopper.body, hour)
    return Candidate(shopper.store, shopper.visitor_id, context, shopper.now)


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
    moment, experiment_id = "", None
    if choice.moment in MOMENTS:
        moment = choice.moment  # any other text would be a row of its own for each mistake
    experiment = choice.experiment or choice.refusing
    if experiment is not None:
        experiment_id = experiment.id
    return moment, experiment_id, choice.reason or "served"
