"""Messages of the mailbox as the pages show them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from demo.mailbox.delivery import open_mailbox

NEWEST = 50
HEADERS = 4_000  # bytes in which whom a message is to stands
# As ``journeys.sending.composing`` writes it.
MESSAGE_ID = re.compile(r"<offerlift-(\d+)-")
URL = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message in the mailbox, by its key there."""

    key: str
    email: EmailMessage

    @property
    def subject(self) -> str:
        """The subject as people read it."""
        return str(self.email["Subject"] or "")

    @property
    def to(self) -> str:
        """Whom it is to."""
        return str(self.email["To"] or "")

    @property
    def sender(self) -> str:
        """Whom it is from."""
        return str(self.email["From"] or "")

    @property
    def at(self) -> datetime | None:
        """When it was written."""
        try:
            return parsedate_to_datetime(str(self.email["Date"]))
        except ValueError:
            return None

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers, in their order."""
        return [(name, str(value)) for name, value in self.email.items()]

    @property
    def text(self) -> str:
        """The text part; empty where there is none."""
        return self.part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self.part("html")

    def part(self, kind: str) -> str:
        """Return the part of a kind."""
        body = self.email.get_body(preferencelist=(kind,))
        if body is None:
            return ""
        return str(body.get_content())

    @property
    def message_id(self) -> int | None:
        """The row ID of the message to a customer that it is; None of Offerlift's own emails."""
        match = MESSAGE_ID.match(str(self.email["Message-ID"] or ""))
        if match is None:
            return None
        return int(match[1])

    @property
    def unsubscribe_url(self) -> str:
        """Where mail programs unsubscribe by one click (RFC 8058); empty where the message doesn't let them."""
        if str(self.email["List-Unsubscribe-Post"] or "").strip() != "List-Unsubscribe=One-Click":
            return ""
        match = URL.search(str(self.email["List-Unsubscribe"] or ""))
        if match is None:
            return ""
        return match[0]

    @property
    def links(self) -> list[str]:
        """Every address in it, each once: of the HTML part, and of the text."""
        finder = LinkFinder()
        finder.feed(self.html)
        return list(dict.fromkeys([*finder.links, *URL.findall(self.text)]))


class LinkFinder(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link."""
        target = dict(attrs).get("href") or ""
        if tag == "a" and URL.fullmatch(target):
            self.links.append(target)


def newest() -> Iterator[ReceivedMessage]:
    """Yield the newest messages, the newest first."""
    box = open_mailbox()
    # A Maildir's keys begin with the seconds of their delivery.
    for key in sorted(box.keys(), reverse=True)[:NEWEST]:
        message = read(key)
        if message is not None:
            yield message


def newest_to(address: str) -> Iterator[ReceivedMessage]:
    """Yield all messages to an address, the newest first: customers of a day get more than the list shows."""
    box = open_mailbox()
    for key in sorted(box.keys(), reverse=True):
        with box.get_file(key) as file:
            head = file.read(HEADERS)
        if address.encode() not in head:
            continue
        message = read(key)
        if message is not None and address in message.to:
            yield message


def read(key: str) -> ReceivedMessage | None:
    """Return a message; None where there is none of this key."""
    box = open_mailbox()
    # The box knows its own keys alone, so that a key of somebody's invention names no other file.
    if key not in box:
        return None
    return ReceivedMessage(key, message_from_bytes(box.get_bytes(key), policy=default))
