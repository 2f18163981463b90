"""Delivers emails into a folder: the way out that the demo has instead of a mail server."""

import mailbox
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

KEPT_MESSAGES = 2_000  # the newest, of two weeks of the moved clock: about 30 MB


def folder() -> Path:
    """Return where the mailbox is."""
    return Path(settings.DATA_DIR) / "demo_mailbox"


def open_mailbox() -> mailbox.Maildir:
    """Open the mailbox, which is made where there is none. A Maildir takes several processes without a lock."""
    return mailbox.Maildir(folder(), create=True)


class MailboxBackend(BaseEmailBackend):
    """Puts emails into the mailbox, as they would go over the wire."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Deliver all of them, and return how many they are."""
        box = open_mailbox()
        for email in email_messages:
            box.add(email.message().as_bytes())
        forget_oldest(box)
        return len(email_messages)


def forget_oldest(box: mailbox.Maildir) -> None:
    """Delete what is beyond ``KEPT_MESSAGES``."""
    for key in sorted(box.keys())[:-KEPT_MESSAGES]:
        box.discard(key)


def empty() -> None:
    """Delete all messages."""
    if folder().exists():
        open_mailbox().clear()
