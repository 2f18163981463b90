"""Which offer, if any, a visitor gets at a moment: one arbiter for all moments, pure, no database.

Consent -> bots -> holdout -> caps, decline memory, friction -> running experiments by priority (schedule, offers,
targeting, then inclusion) -> the rolled-out winner -> nothing. Whether a visitor is eligible is settled before the
variant is known, and what every arm would show of pairs, so that control and treatment hold the same kind of visitors.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from checkout_widgets.availability import is_within
from checkout_widgets.edge.configuration import Choice, ExperimentConfiguration, StoreConfiguration
from checkout_widgets.edge.paired import paired_choice
from checkout_widgets.edge.payloads import DecideBody, History
from checkout_widgets.edge.question import ASKED_AT
from checkout_widgets.edge.robots import Robot
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.edge.token_parts import VisitorParts
from checkout_widgets.packed_shoppers import NO_TEXTS
from checkout_widgets.shopper_answers import AnswersOfShoppers
from checkout_widgets.shopper_stages import StagesOfShoppers
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.assignment.allocation import is_held_out, is_included
from experiments.assignment.targeting import Context
from experiments.customer_keys import private_id
from experiments.models.experiment_choices import UNDELIVERED

# A decline that lies further in the future comes from a wrong clock: it would keep offers from the visitor until then.
MAX_AHEAD = timedelta(minutes=5)


ShopperDigests = tuple[str, str]  # of the visitor, and of the customer who is logged in; empty where nobody is known
NO_DIGESTS: ShopperDigests = ("", "")


class Shopper(Struct):
    """Who asks, and what they said of themselves: of which store, what its rules can ask about them, and when.

    ``robot`` is what the browser says of itself, ``offers_left`` how many more offers the visitor may be shown after
    those that were shown and due today, ``digests`` what the visitor and who is logged in are found by where the store
    remembers any, and ``token`` what the tokens of all moments share, once one is made.
    """

    store: StoreConfiguration
    body: DecideBody
    visitor_id: str
    robot: Robot
    is_server: bool
    context: AskedContext
    now: datetime
    offers_left: int
    digests: ShopperDigests = NO_DIGESTS
    token: VisitorParts | None = None


def refusal_reason(shopper: Shopper) -> str:
    """Return why this visitor gets nothing at any moment; empty where nothing keeps offers from them."""
    store, consent = shopper.store, shopper.body.consent
    is_measured = not store.is_consent_required
    if consent is not None and consent.measurement is not None:  # as the shopper said
        is_measured = consent.measurement
    if not is_measured:
        return "no_consent"
    if shopper.robot.is_crawler:
        return "bot"
    if store.holdout_share and is_held_out(store.slug, shopper.visitor_id, store.holdout_share):
        return "holdout"
    return silence_reason(shopper)


def silence_reason(shopper: Shopper) -> str:
    """Return why the visitor is left alone after what happened before; empty otherwise."""
    if shopper.store.silenced and has_problem(shopper):
        return "friction"
    if shopper.offers_left <= 0:
        return "capped"
    history = shopper.body.history
    if history is None:
        return ""
    if history.declined_at is not None and is_silent(shopper.store, shopper.now - history.declined_at):
        return "declined_recently"
    if history.friction:
        return "friction"
    return ""


def is_troubled(shopper: Shopper) -> bool:
    """Return whether something is wrong for the visitor, as the store knows or as happened in this session."""
    if shopper.store.silenced and has_problem(shopper):
        return True
    history = shopper.body.history
    return history is not None and bool(history.friction)


def has_problem(shopper: Shopper) -> bool:
    """Return whether something is wrong with an order of the visitor, or of whom somebody is logged in as."""
    for digest in shopper.digests:
        until = shopper.store.silenced.get(digest)
        if until is not None and shopper.now < until:
            return True
    return False


def digests_of(store: StoreConfiguration, body: DecideBody) -> ShopperDigests:
    """Return what the visitor and who is logged in are found by: made once, and only where the store remembers any."""
    if not (store.silenced or store.send_points or store.stages or store.answers or store.held):
        return NO_DIGESTS
    visitor, customer = "", ""
    if body.visitor_id is not None:
        visitor = visitor_digest(store.id, body.visitor_id)
    if body.visitor is not None and body.visitor.customer_id is not None:
        customer = customer_digest(store.id, private_id(store.id, str(body.visitor.customer_id)))
    return visitor, customer


def stage_of(stages: StagesOfShoppers, digests: ShopperDigests, *, is_server: bool) -> str:
    """Return how far the visitor is with what they bought, as the store knows; empty where it doesn't.

    A page can name any customer, and tell from the answer how far that one is: only the store's servers are believed.
    A browser in which somebody was logged in before is known by itself.
    """
    of_visitor, of_customer = digests
    stage = ""
    if of_customer and is_server:
        stage = stages.of(of_customer)
    if of_visitor and not stage:
        stage = stages.of(of_visitor)
    return stage


def answers_of(answers: AnswersOfShoppers, digests: ShopperDigests, *, is_server: bool) -> frozenset[str]:
    """Return the tags of what the visitor answered to the store's questions; who is believed is as of stages."""
    of_visitor, of_customer = digests
    tags = NO_TEXTS
    if of_customer and is_server:
        tags |= answers.of(of_customer)
    if of_visitor:
        tags |= answers.of(of_visitor)
    return tags


def is_silent(store: StoreConfiguration, since_decline: timedelta) -> bool:
    """Return whether the store shows nothing yet after a decline."""
    return -MAX_AHEAD <= since_decline < store.decline_silence


def send_points_today(store: StoreConfiguration, digests: ShopperDigests, now: datetime) -> int:
    """Return how many messages the visitor was due today, or who is logged in: as many in control as in treatment."""
    today = store.send_points
    if today is None or now >= today.ends_at:
        return 0
    points = 0
    for digest in filter(None, digests):
        points = max(points, today.of(digest))  # of one person, so that they don't add up
    return points


def offers_left(store: StoreConfiguration, history: History | None, send_points: int = 0) -> int:
    """Return how many more offers the visitor may be shown in this session and today, at all moments together."""
    left, left_today = store.max_offers_per_session, store.max_offers_per_day - send_points
    if history is not None:
        left -= history.shown_session
        left_today -= history.shown_today
    if left_today < left:
        left = left_today
    if left < 0:
        return 0
    return left


def left_but_for_send_points(shopper: Shopper) -> int:
    """Return how many more offers a visitor could be shown who had no send points today; 0 where something else keeps
    offers from them, too."""
    left = offers_left(shopper.store, shopper.body.history)
    if silence_reason(replace(shopper, offers_left=left)):
        return 0
    return left


def withhold_offers(reason: str, shopper: Shopper, moment: str) -> Choice:
    """Choose nothing for the reason, and note where the visitor would have been in a test or got a winner."""
    choice = choose(shopper, moment)
    if choice.variant is None:
        return Choice(moment, reason=reason)
    return Choice(moment, reason=reason, withheld=choice.experiment)


def choose(shopper: Shopper, moment: str) -> Choice:
    """Choose the first running experiment that takes the visitor, then the rolled-out winner, then nothing."""
    store, context, now = shopper.store, shopper.context, shopper.now
    refusals = []
    for experiment in store.tests.get(moment, ()):
        reason = ineligibility(experiment, context, now)
        if not reason:
            if experiment.takes_all or is_included(experiment.salt, shopper.visitor_id, experiment.traffic_share):
                arm = experiment.split.choose(experiment.salt, shopper.visitor_id)
                if experiment.pairing is not None:
                    return paired_choice(experiment, experiment.variants[arm], context)
                return experiment.choices[arm]
            reason = "not_included"
        refusals.append(Choice(moment, reason=reason, refusing=experiment))
    for experiment in store.rollouts.get(moment, ()):
        reason = ineligibility(experiment, context, now)
        if not reason:
            if experiment.pairing is not None and experiment.rolled_out is not None:
                return paired_choice(experiment, experiment.rolled_out, context)
            return Choice(moment, experiment, experiment.rolled_out)
        refusals.append(Choice(moment, reason=reason, refusing=experiment))
    return most_telling_refusal(refusals) or Choice(moment, reason="no_experiment")


def most_telling_refusal(refusals: Iterable[Choice]) -> Choice | None:
    """Return the refusal of the first experiment that really runs; a paused one comes last."""
    running = [choice for choice in refusals if choice.reason != "no_experiment"]
    for choice in running:
        if choice.reason != "paused":
            return choice
    if not running:
        return None
    return running[0]


def ineligibility(experiment: ExperimentConfiguration, context: Context | AskedContext, now: datetime) -> str:
    """Return why the experiment is not for this visitor now, whatever the variant; empty where it is."""
    if not experiment.is_always_open:
        reason = closure_reason(experiment, now)
        if reason:
            return reason
    if not experiment.is_targeted(context):
        return "not_targeted"
    if experiment.currencies and context.currency not in experiment.currencies:
        return "not_targeted"
    if experiment.cross_sold and not context.skus.isdisjoint(experiment.cross_sold):
        return "not_targeted"  # has it already
    if context.held and not context.held.isdisjoint(experiment.cross_sold):
        return "not_targeted"  # has said so
    if experiment.replaced and not context.skus >= experiment.replaced:
        return "not_targeted"  # has nothing to upgrade
    if experiment.pairing is not None and experiment.pairing.would_show(context) is None:
        return "not_targeted"  # too little goes with the cart, whichever arm the visitor would be in
    return ""


def closure_reason(experiment: ExperimentConfiguration, now: datetime) -> str:
    """Return why the experiment is for nobody at all now; empty where it can be for somebody."""
    if experiment.is_paused:
        return "paused"
    if not is_within(now, experiment.starts_at, experiment.ends_at):
        return "no_experiment"
    if not experiment.are_offers_available(now):
        return "out_of_stock"
    return ""


def open_moments(store: StoreConfiguration, now: datetime) -> list[str]:
    """Return the moments at which somebody can get an offer now: those that are worth a slot in a page.

    A moment is open while a test there runs and includes some visitors, or a rolled-out winner can be shown; where the
    order is confirmed, also while the store asks its question. No page
    has a slot for follow-up e-mails.
    """
    found = set()
    for experiment in chain(*store.tests.values(), *store.rollouts.values()):
        is_for_somebody = experiment.rolled_out is not None or experiment.traffic_share > 0
        if is_for_somebody and not closure_reason(experiment, now):
            found.add(experiment.moment)
    if store.question is not None:
        found.add(ASKED_AT)
    return sorted(found - UNDELIVERED)
