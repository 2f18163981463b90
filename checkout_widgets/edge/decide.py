"""``POST /v1/decide``: what to show this visitor now. No database query but for previews: all of it is in memory."""

from collections.abc import Callable, Container
from functools import partial

from msgspec import Raw

from checkout_widgets.edge import arbiter, decide_body, decision_counter, question, robots, visit
from checkout_widgets.edge.arbiter import Shopper
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import Choice, CountedMoment, StoreConfiguration
from checkout_widgets.edge.decide_answer import TRIGGERS, DecideAnswer, MomentDecision, decision_of
from checkout_widgets.edge.endpoint import NeedsDatabase, endpoint
from checkout_widgets.edge.payloads import DecideBody
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
    shopper = shopper_of(call, store, body)
    reason = arbiter.refusal_reason(shopper)
    if reason == "capped" and store.holdout is not None:
        # Nobody who is held out has send points: the others count in the holdout's experiment in spite of theirs.
        shopper.offers_left = arbiter.left_but_for_send_points(shopper)
    told_id: str | None = shopper.visitor_id
    if reason in UNMEASURED:
        told_id = body.visitor_id  # a new id would be a means to recognize somebody who didn't consent
    ttl_s = TTL_S
    if not store.is_enabled:
        ttl_s = TTL_DISABLED_S  # the first test of a store should not wait for long
    all_decisions = decisions(shopper, reason)
    if store.question is not None and may_be_asked(shopper, reason):
        all_decisions.append(store.question.asked_of(store.id, shopper.visitor_id, body.locale or "", call.now))
    return DecideAnswer(
        visitor_id=told_id,
        ttl_s=ttl_s,
        enabled=store.is_enabled,
        offers_left=shopper.offers_left,
        # some are encoded already, as what the struct says
        decisions=all_decisions,  # type: ignore[arg-type]
    )


def may_be_asked(shopper: Shopper, reason: str) -> bool:
    """Return whether this page asks the store's question: one that the snippet draws, where an order was placed.

    Held-out visitors are asked like all others, so that a comparison with them is of offers alone.
    """
    body = shopper.body
    if body.visit is None or body.visit.snippet is None:  # who draws offers without the snippet knows of no question
        return False
    if shopper.is_server or question.ASKED_AT not in body.moments:
        return False
    return reason not in UNMEASURED and not arbiter.is_troubled(shopper)


def shopper_of(call: Call, store: StoreConfiguration, body: DecideBody) -> Shopper:
    """Return who asks."""
    user_agent = ""
    if not call.is_from_server:  # whose own name says nothing of the shopper
        user_agent = call.environ.get("HTTP_USER_AGENT", "")
    now, digests = call.now, arbiter.digests_of(store, body)
    context, points = AskedContext(body, now, store.timezone), 0
    # Most stores have none of these four, and pay for none.
    if store.send_points is not None:
        points = arbiter.send_points_today(store, digests, now)
    if store.stages is not None:
        context.stage = arbiter.stage_of(store.stages, digests, is_server=call.is_from_server)
        context.reported_stage = context.stage or visit.UNKNOWN
    if store.answers is not None:
        context.answers = arbiter.answers_of(store.answers, digests, is_server=call.is_from_server)
    if store.held is not None and digests[0]:
        context.held = store.held.of(digests[0])
        context.owned |= context.held
    return Shopper(
        store=store,
        body=body,
        visitor_id=body.visitor_id or new_visitor_id(),
        robot=robots.named_in(user_agent[: robots.LONGEST]),
        is_server=call.is_from_server,
        context=context,
        now=now,
        offers_left=arbiter.offers_left(store, body.history, points),
        digests=digests,
    )


def decisions(shopper: Shopper, reason: str) -> list[MomentDecision | Raw]:
    """Decide at each moment, and count what was decided: nothing at any where there is a ``reason``."""
    choose: Chooser | None = arbiter.choose
    reached: Container[str] = TRIGGERS
    if reason:
        choose = chooser(shopper, reason)
    if choose is None:
        choose = partial(refuse, reason)
        reached = MOMENTS  # the reason holds at all of them
    if shopper.is_server:
        reached = MOMENTS
    decided: list[MomentDecision | Raw] = []
    counted = []
    for moment in shopper.body.moments:
        if moment in reached:
            choice = choose(shopper, moment)
        elif moment in MOMENTS:
            choice = Choice(moment, reason="no_experiment")
        else:
            decided.append(MomentDecision(moment, reason="unknown_moment"))
            counted.append(UNKNOWN_MOMENT)
            continue
        decided.append(decision_of(shopper, choice))
        counted.append(choice.counted)
    context: AskedContext | None = shopper.context
    if reason in UNMEASURED:
        context = None  # what is sampled of a visitor who may not be measured
    decision_counter.current().add(shopper.store.id, counted, context, shopper.now)
    return decided


def refuse(reason: str, shopper: Shopper, moment: str) -> Choice:
    """Choose nothing, for the reason."""
    return Choice(moment, reason=reason)


def chooser(shopper: Shopper, reason: str) -> Chooser | None:
    """Return how to choose in spite of a reason to show nothing; None where nothing can be chosen.

    The held-out choose as well, as long as nothing else keeps offers from them: they are compared with those who got
    one. So do those whom only send points keep from offers.
    """
    if not shopper.store.holdout:
        return None
    is_held_out = reason == "holdout" and not arbiter.silence_reason(shopper)
    is_due_elsewhere = reason == "capped" and shopper.offers_left > 0
    if is_held_out or is_due_elsewhere:
        return partial(arbiter.withhold_offers, reason)
    return None
