"""A provider's event in our words: what happened to which message, and what it means for the address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from journeys.models import MessageEventKind, SuppressionReason
from journeys.sending.marks import MARK_NAME, MessageMark
from journeys.tracking.bounces import is_hard, refusal_of

KINDS = {
    EventType.DELIVERED: MessageEventKind.DELIVERED,
    EventType.DEFERRED: MessageEventKind.SOFT_BOUNCED,
    EventType.REJECTED: MessageEventKind.REJECTED,
    EventType.FAILED: MessageEventKind.REJECTED,
    EventType.COMPLAINED: MessageEventKind.COMPLAINED,
    EventType.UNSUBSCRIBED: MessageEventKind.UNSUBSCRIBED,
}
# They say that the provider has the message, and nothing else. What is opened isn't looked at: there is no pixel.
TAKEN = frozenset({EventType.QUEUED, EventType.SENT})
SUPPRESSIONS = {
    MessageEventKind.BOUNCED: SuppressionReason.BOUNCED,
    MessageEventKind.COMPLAINED: SuppressionReason.COMPLAINED,
    MessageEventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
# Why a provider sends nothing to an address any more: what it knows from messages of before.
REJECTIONS = {
    RejectReason.INVALID: SuppressionReason.BOUNCED,
    RejectReason.BOUNCED: SuppressionReason.BOUNCED,
    RejectReason.SPAM: SuppressionReason.COMPLAINED,
    RejectReason.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEvent:
    """What a provider said of a message. ``kind`` is None where it only says that it has it.

    ``mark`` is what we gave the message to carry, and ``recipient`` whom it was to, where the provider says so.
    """

    provider: str
    provider_id: str
    kind: MessageEventKind | None
    at: datetime
    recipient: str
    mark: MessageMark | None
    suppression: SuppressionReason | None


def heard_of(event: AnymailTrackingEvent, provider: str, received_at: datetime) -> HeardEvent | None:
    """Return what an event says; None where it is nothing that is kept, such as an opened message."""
    kind, refusal = kind_of(event, provider), refusal_of(event, provider)
    if refusal is not None:
        kind = MessageEventKind.REJECTED
    if kind is None and event.event_type not in TAKEN:
        return None
    return HeardEvent(
        provider=provider,
        provider_id=plain(event.message_id, 200),
        kind=kind,
        at=time_of(event.timestamp, received_at),
        recipient=plain(event.recipient, 254),
        mark=mark_of(event.metadata),
        suppression=suppression_of(kind, refusal or event.reject_reason),
    )


def kind_of(event: AnymailTrackingEvent, provider: str) -> MessageEventKind | None:
    """Return what happened; None where it is nothing that is counted."""
    if event.event_type == EventType.BOUNCED:
        return MessageEventKind.BOUNCED if is_hard(event, provider) else MessageEventKind.SOFT_BOUNCED
    if event.event_type == EventType.FAILED and provider == "postal":
        return MessageEventKind.BOUNCED  # its word for what the recipient's server has refused for good
    return KINDS.get(event.event_type)


def suppression_of(kind: MessageEventKind | None, reject_reason: str | None) -> SuppressionReason | None:
    """Return why the address gets nothing more; None where it goes on getting messages."""
    if kind == MessageEventKind.REJECTED:
        return REJECTIONS.get(reject_reason or "")
    return SUPPRESSIONS.get(kind) if kind is not None else None


def mark_of(metadata: Any) -> MessageMark | None:
    """Return the mark that a message carried; None where it had none, or one that isn't ours."""
    if not isinstance(metadata, dict):
        return None
    return MessageMark.read(str(metadata.get(MARK_NAME, "")))


def time_of(timestamp: Any, received_at: datetime) -> datetime:
    """Return when it happened: as the provider says, or when we heard of it where that can't be."""
    if not isinstance(timestamp, datetime):
        return received_at
    at = timestamp if timestamp.tzinfo is not None else timestamp.replace(tzinfo=UTC)
    return at if EARLIEST <= at <= received_at + CLOCK_SKEW else received_at


def plain(value: Any, longest: int) -> str:
    """Return a value as a text that can be stored."""
    if value is None:
        return ""
    return str(value).replace("\x00", "").encode(errors="ignore").decode()[:longest]
