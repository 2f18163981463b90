"""An event -> its message: what is stored of it, what becomes of the address, and who gets nothing more."""

from datetime import datetime

from django.db import transaction

from experiments.customer_keys import address_digest
from experiments.models import Store
from journeys.models import (
    Address,
    AddressState,
    Channel,
    ConsentBasis,
    ConsentRecord,
    CustomerMessage,
    MessageEvent,
    MessageEventKind,
    MessageState,
    Suppression,
    SuppressionReason,
    UnmatchedEvent,
)
from journeys.sending import switches
from journeys.sending.marks import DIGEST_DIGITS
from journeys.tracking.events import HeardEvent

# By how little somebody can undo it: who only unsubscribed may ask for messages again.
STRICTNESS = (
    SuppressionReason.UNSUBSCRIBED,
    SuppressionReason.ASKED,
    SuppressionReason.BOUNCED,
    SuppressionReason.COMPLAINED,
)
NOT_SENT_YET = frozenset({MessageState.PLANNED, MessageState.CLAIMED})


@transaction.atomic
def apply(heard: HeardEvent, now: datetime) -> None:
    """Store an event of a message, and do what follows from it. The same again changes nothing."""
    # Locked against whoever hands it over right now, and notes what came of it.
    message = message_of(heard)
    if message is None:
        keep_unmatched(heard, now)
        return
    if message.state in NOT_SENT_YET:
        switches.switch_off(switches.RESTORED)  # the provider has what this database hasn't sent yet
    resolve(message, heard)
    if heard.kind is not None:
        MessageEvent.objects.get_or_create(message=message, kind=heard.kind, at=heard.at)
        note_address(message, heard.kind)
    if heard.suppression is not None:
        suppress(message.store_id, message.address_digest, heard.suppression, heard.at)
        withdraw_consent(message.address, heard)


def message_of(heard: HeardEvent) -> CustomerMessage | None:
    """Return the message, its row locked: by the mark that it carried, else by the provider's ID and the address."""
    messages = CustomerMessage.objects.select_related("address").select_for_update(of=("self",))
    if heard.mark is not None:
        mark = heard.mark
        return messages.filter(pk=mark.message_id, store=mark.store_id, address_digest__startswith=mark.digest).first()
    if not heard.provider_id:
        return None
    bare = heard.provider_id.strip("<>")
    found = messages.filter(provider_id__in=(bare, f"<{bare}>")).first()
    if found is None or is_of_other_address(found, heard.recipient):
        return None
    return found


def is_of_other_address(message: CustomerMessage, recipient: str) -> bool:
    """Whether the provider names another recipient: its ID is another message's."""
    return bool(recipient) and address_digest(message.store_id, recipient) != message.address_digest


def resolve(message: CustomerMessage, heard: HeardEvent) -> None:
    """Say what became of a message of which nobody knew whether it was taken."""
    if message.state != MessageState.UNKNOWN:
        return
    message.state, message.reason, message.sent_at = MessageState.SENT, "said_by_provider", heard.at
    if heard.kind == MessageEventKind.REJECTED:
        message.state, message.reason, message.sent_at = MessageState.FAILED, "rejected", None
    message.provider_id = message.provider_id or heard.provider_id
    message.save(update_fields=["state", "reason", "sent_at", "provider_id"])


def note_address(message: CustomerMessage, kind: MessageEventKind) -> None:
    """Note whether messages to the address arrive. One that doesn't exist stays so."""
    states = {
        MessageEventKind.BOUNCED: AddressState.DEAD,
        MessageEventKind.SOFT_BOUNCED: AddressState.SOFT_BOUNCED,
        MessageEventKind.DELIVERED: AddressState.OK,
    }
    if kind in states and message.address_id is not None:
        Address.objects.filter(pk=message.address_id).exclude(state=AddressState.DEAD).update(state=states[kind])


def suppress(store_id: int, digest: str, reason: SuppressionReason, at: datetime) -> None:
    """Send an address nothing more; of two reasons the one that is harder to undo stays."""
    row, is_new = Suppression.objects.get_or_create(
        store_id=store_id, channel=Channel.EMAIL, digest=digest, topic="", defaults={"reason": reason, "at": at}
    )
    if not is_new and STRICTNESS.index(reason) > STRICTNESS.index(SuppressionReason(row.reason)):
        row.reason, row.at = reason, at
        row.save(update_fields=["reason", "at"])


def withdraw_consent(address: Address | None, heard: HeardEvent) -> None:
    """Add to what is known of an address that its owner has said no, where they have."""
    if address is None or heard.suppression not in (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED):
        return
    ConsentRecord.objects.get_or_create(
        address=address, basis=ConsentBasis.NONE, topic="", source=heard.provider[:32], said_at=heard.at
    )


def keep_unmatched(heard: HeardEvent, now: datetime) -> None:
    """Keep what was said of a message that isn't here, and what is to follow for its address."""
    UnmatchedEvent.objects.get_or_create(
        provider=heard.provider,
        provider_id=heard.provider_id,
        kind=heard.kind or "taken",
        at=heard.at,
        defaults={"received_at": now},
    )
    if heard.mark is None:
        return
    store = Store.objects.filter(pk=heard.mark.store_id).first()
    digest = store and address_digest(store.pk, heard.recipient)
    if store is None or not digest or digest[:DIGEST_DIGITS] != heard.mark.digest:
        return  # of another installation
    if heard.mark.message_id > switches.newest_id_given():
        switches.switch_off(switches.RESTORED)  # ours, and this database has never made it
    if heard.suppression is not None:  # erased since, and still somebody who wants nothing more
        suppress(store.pk, digest, heard.suppression, heard.at)
