"""``POST /v1/events``: what widgets report. Answered after commit; a bad event costs no good one beside it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Raw, Struct

from checkout_widgets import held_products
from checkout_widgets.edge import body_reading, payloads, tokens
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import MAX_EVENTS, EventBody, EventsBody
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.edge.tokens import BadToken, ExposureToken
from checkout_widgets.models import OfferItem
from experiments.accounting import ingestion
from experiments.accounting.ingestion import MAX_AGE, EventRecord
from experiments.customer_keys import private_id

MAX_EVENT_BYTES = 8_000  # many times what a widget has to say of one
MAX_AHEAD = timedelta(minutes=5)  # what clocks differ by once their error is taken out
MAX_TRIGGER_VERSION = 1_000  # of a snippet yet to come; the column holds a little more
NEEDS_NO_TOKEN = ("skipped", "error")
# What counts for an offer, and is counted by what its token says.
COUNTED_FOR_OFFERS = frozenset(("impression", "click", "accept", "decline", "view", "reason"))
# The property in which the edge notes that: whatever a browser sends by this name is left out.
NOTED = "offerlift"
CODES = {"id": "bad_id", "type": "unknown_type", "at": "bad_time", "exposure_token": "bad_token"}


DeclinedOffer = tuple[int, tuple[str, ...]]  # its id, and the SKUs of a pair that the token sells


class Rejected(Exception):
    """An event that isn't kept, and the code that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RejectedEvent(Struct):
    """Which event of the batch was rejected, and why."""

    index: int
    code: str


class EventsReceipt(Struct):
    """The answer."""

    accepted: int
    duplicates: int
    rejected: list[RejectedEvent]


@endpoint(max_bytes=60_000, source="events")
def events(call: Call) -> EventsReceipt:
    """Store the events that can be believed, and say what became of each other one."""
    body = body_reading.read_batch(call.body)
    store = call.store_for_page(body.key)
    if len(body.events) > MAX_EVENTS:
        raise ApiError(413, "too_large", f"A batch can have {MAX_EVENTS} events at most.")
    batch = Batch(store, body, call.now)
    records, rejected = split_batch(batch, body)
    new = ingestion.record_events(store.id, records, received_at=call.now)
    if batch.held:
        held_products.hold(store.id, body.visitor_id, skus_of(store, batch.held), call.now)
    codes = [rejection.code for rejection in rejected]
    ingestion.count_rejections(store.id, "events", codes, call.now)
    return EventsReceipt(accepted=len(new), duplicates=len(records) - len(new), rejected=rejected)


def split_batch(batch: "Batch", body: EventsBody) -> tuple[list[EventRecord], list[RejectedEvent]]:
    """Return the events as records and rejections."""
    records, rejected = [], []
    for index, raw in enumerate(body.events):
        try:
            event = read(raw)
            records.append(batch.record(event))
            batch.note_held(event)
        except Rejected as rejection:
            rejected.append(RejectedEvent(index, rejection.code))
    return records, rejected


def read(raw: Raw) -> EventBody:
    """Return the event as a typed value. Raises ``Rejected``."""
    body = bytes(raw)
    if len(body) > MAX_EVENT_BYTES:
        raise Rejected("too_large")
    try:
        event = body_reading.read(payloads.event, body)
    except ApiError as error:
        field = error.body["error"].get("field", "")
        raise Rejected(CODES.get(field, "bad_field")) from error
    if not body_reading.is_storable(event.props):
        raise Rejected("bad_field")
    return event


def skus_of(store: StoreConfiguration, declined: Iterable[DeclinedOffer]) -> set[str]:
    """Return the products of offers that somebody declined because they have them; one query, of the store alone."""
    skus: set[str] = set()
    offers = []
    for offer_id, of_pairs in declined:
        skus.update(of_pairs)
        if not of_pairs:
            offers.append(offer_id)
    items = OfferItem.objects.filter(offer__in=offers, offer__store=store.id, product__store=store.id)
    skus.update(items.values_list("product__sku", flat=True))
    return skus


def declined_offer(event: EventBody, token: ExposureToken) -> DeclinedOffer | None:
    """Return the offer that the visitor has already, as this event says; None of any other event."""
    props = event.props or {}
    if event.type != "reason" or props.get("reason") != "have_it":
        return None
    step = props.get("step")
    if isinstance(step, str) and step in tokens.next_offers_of(token):
        return tokens.next_offers_of(token)[step].offer_id, ()
    if token.offer_id is None:  # a control's: nobody was shown anything
        return None
    pairs = tokens.pairs_of(token)
    if pairs is None:
        return token.offer_id, ()
    return token.offer_id, tuple(dict(pairs.sold))


def tested_by(token: ExposureToken) -> tuple[int | None, int | None]:
    """Return the test and the variant that an event counts for; none of a winner that is rolled out."""
    if token.is_rollout:
        return None, None  # the test is over: what its winner does now changes no result
    return token.experiment_id, token.variant_id


class Batch:
    """What the events of one request share: store, visitor, the sender's clock, and mostly their tokens."""

    def __init__(self, store: StoreConfiguration, body: EventsBody, now: datetime) -> None:
        self.store = store
        self.visitor_id = body.visitor_id
        self.now = now
        self.skew = timedelta()
        if body.sent_at:
            self.skew = now - body.sent_at
        self.held: set[DeclinedOffer] = set()  # offers whose products the visitor has already
        self.read_token = cache(tokens.read_exposure)

    def record(self, event: EventBody) -> EventRecord:
        """Return one event as a record: what happened from the sender, who and what from the signed token.

        Raises ``Rejected``.
        """
        occurred_at = self.corrected(event.at)
        token = self.token_of(event)
        if token is None:
            return EventRecord(event.id, event.type, occurred_at, self.visitor_id, props=noted_props(event, None))
        experiment_id, variant_id = tested_by(token)
        cart_items, past_orders = token.counts()
        return EventRecord(
            event_id=event.id,
            type=event.type,
            occurred_at=occurred_at,
            visitor_id=self.visitor_id,
            experiment_id=experiment_id,
            variant_id=variant_id,
            moment=token.moment,
            props=noted_props(event, token),
            cart_value_minor=token.cart_value_minor,
            device=token.device,
            country=token.country,
            customer_type=token.customer_type,
            is_automated=token.is_automated,
            trigger_version=trigger_version(event),
            holdout_id=token.holdout_id,
            holdout_variant_id=token.holdout_variant_id,
            customer_id=private_id(token.store_id, token.customer_id),  # of a token of the release before
            segments=token.segments(),
            cart_items=cart_items,
            past_orders=past_orders,
            would_show=would_show(token),
        )

    def note_held(self, event: EventBody) -> None:
        """Remember which offer the visitor has already, where the event says so; for events that are kept."""
        token = self.token_of(event)
        if token is None:
            return
        declined = declined_offer(event, token)
        if declined is not None:
            self.held.add(declined)

    def corrected(self, at: datetime) -> datetime:
        """Return when it happened by our clock: the error that ``sent_at`` shows is taken out; never later than now.

        Raises ``Rejected`` where that can't be.
        """
        age = self.now - at - self.skew
        if not -MAX_AHEAD <= age <= MAX_AGE:
            raise Rejected("bad_time")
        return self.now - max(age, timedelta())

    def token_of(self, event: EventBody) -> ExposureToken | None:
        """Return the event's token, None where it may come without. Raises ``Rejected`` where it can't be believed."""
        if event.exposure_token is None and event.type in NEEDS_NO_TOKEN:
            return None
        try:
            token = self.read_token(event.exposure_token or "")
        except BadToken as error:
            raise Rejected("bad_token") from error
        if token.store_id != self.store.id:
            raise Rejected("wrong_store")
        if token.visitor_id != self.visitor_id:
            raise Rejected("wrong_visitor")
        if token.expires_at < self.now.timestamp():
            raise Rejected("expired_token")
        return token


def noted_props(event: EventBody, token: ExposureToken | None) -> dict[str, Any]:
    """Return what the browser says of the event, with what the token says of an offer where it counts for one."""
    props = dict(event.props or {})
    props.pop(NOTED, None)
    if token is None or event.type not in COUNTED_FOR_OFFERS:
        return props
    noted: dict[str, Any] = {}
    if token.is_rollout:
        noted["rollout"] = token.variant_id  # the event is of no test, but of what its winner shows
    if token.is_automated:
        noted["automated"] = True
    # Of the second offer of a sequence. What the token doesn't offer, nobody was shown.
    step = props.get("step")
    if isinstance(step, str) and step in tokens.next_offers_of(token):
        noted["step"] = step
    noted["about"] = tokens.about_step(token, noted.get("step", ""))
    props[NOTED] = noted
    return props


def would_show(token: ExposureToken) -> dict[str, Any] | None:
    """Return what an exposure keeps of pairs: their version, and what each arm would have shown."""
    pairs = tokens.pairs_of(token)
    if pairs is None:
        return None
    return {"version": pairs.version, "arms": pairs.would_show}


def trigger_version(event: EventBody) -> int:
    """Return what the snippet watched for the exposure; the first version didn't say."""
    version = (event.props or {}).get("trigger")
    if not isinstance(version, int) or isinstance(version, bool):
        return 1
    if not 1 <= version <= MAX_TRIGGER_VERSION:
        return 1
    return version
