"""Whether this installation sends: its switch, and whether its database is older than what was sent.

After a restore from a backup, messages that went out since would go out again. So the last message that was sent is
remembered outside the database too, in the data folder, and a database that doesn't know it sends nothing until an
operator has said from when on nothing was sent: ``manage.py resume_sending --since``.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from journeys.addresses import MissingKeys, require_keys
from journeys.models import CustomerMessage, MessageState, SendingSwitch

MARKER_DIGITS = 20  # more than any row's ID has
STOPPED = "Stopped by an operator. Run manage.py resume_sending to go on."
RESTORED = "The database is older than the last message that was sent. Run manage.py resume_sending --since TIME."


def switch() -> SendingSwitch:
    """Return the installation's switch."""
    return SendingSwitch.objects.get_or_create(pk=1)[0]


def is_sending_on() -> bool:
    """Return whether messages may go out; where not, the switch says why."""
    state = switch()
    if not state.is_on:
        return False
    reason = why_off()
    if reason:
        switch_off(reason)
    return not reason


def why_off() -> str:
    """Return what keeps this installation from sending; empty where nothing does."""
    try:
        require_keys()
    except MissingKeys as error:
        return str(error)
    if is_older_than_sent():
        return RESTORED
    return ""


def switch_off(reason: str) -> None:
    """Send nothing more until somebody has looked."""
    SendingSwitch.objects.update_or_create(pk=1, defaults={"is_on": False, "off_reason": reason[:200]})


def is_stopped_by_operator() -> bool:
    """Return whether sending is off for no other reason than that an operator said so."""
    return switch().off_reason == STOPPED and not why_off()


def switch_on() -> None:
    """Send again what waits: nothing was sent that this database doesn't know."""
    SendingSwitch.objects.filter(pk=1).update(is_on=True, off_reason="", updated_at=timezone.now())


def marker() -> Path:
    """Return the file that remembers the last message that was sent from this machine."""
    return Path(settings.DATA_DIR) / "last_sent_message"


def remember_sent(message_id: int) -> None:
    """Remember outside the database that a message was sent, before its own row says so."""
    # Written over what is there, always as many bytes: whatever happens meanwhile, one whole number is read.
    file = os.open(marker(), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, f"{message_id:>{MARKER_DIGITS}}\n".encode(), 0)
    finally:
        os.close(file)


def is_older_than_sent() -> bool:
    """Return whether a message was sent that this database has never made, or still has as not sent."""
    try:
        last = int(marker().read_text())
    except (OSError, ValueError):  # nothing was sent from this machine yet
        return False
    waiting = (MessageState.PLANNED, MessageState.CLAIMED)
    # Not the row: it may have been erased since with its contact.
    return last > newest_id_given() or CustomerMessage.objects.filter(pk=last, state__in=waiting).exists()


def newest_id_given() -> int:
    """Return the newest ID that this database has given to a message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM journeys_customermessage_id_seq")
        return int(cursor.fetchone()[0])


def resume(since: datetime) -> int:
    """Send again, after a restore, what was planned since a time; what was planned before may have gone out.

    Returns how many messages were given up.
    """
    with transaction.atomic():
        unsure = CustomerMessage.objects.filter(
            planned_at__lt=since, state__in=(MessageState.PLANNED, MessageState.CLAIMED, MessageState.SENDING)
        )
        given_up = unsure.update(state=MessageState.UNKNOWN, reason="restored", claimed_until=None)
        switch()
        SendingSwitch.objects.filter(pk=1).update(
            is_on=True, off_reason="", resumed_since=since, updated_at=timezone.now()
        )
    marker().unlink(missing_ok=True)
    return given_up
