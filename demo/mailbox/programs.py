"""What programs do with an email, without anybody's hands: Gmail's Unsubscribe button, and a scanner of links."""

import http.client
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from demo.mailbox.reading import ReceivedMessage

TIMEOUT_S = 5
ONE_CLICK = urlencode({"List-Unsubscribe": "One-Click"})  # the whole body, by RFC 8058, section 3.1


@dataclass(frozen=True, slots=True)
class ProgramCall:
    """A request of a program: what was answered, or why there was none."""

    method: str
    url: str
    answer: str

    def as_json(self) -> dict[str, Any]:
        """Return it for the session."""
        return asdict(self)


def unsubscribe_as_gmail(message: ReceivedMessage) -> list[ProgramCall]:
    """Send what Gmail sends when somebody clicks its Unsubscribe button: no cookies, nobody signed in."""
    if not message.unsubscribe_url:
        return []
    return [call("POST", message.unsubscribe_url, ONE_CLICK)]


def open_links_as_scanner(message: ReceivedMessage) -> list[ProgramCall]:
    """Open every link, as programs do that look for viruses before anybody has read the message."""
    return calls("GET", message.links)


def calls(method: str, urls: Iterable[str]) -> list[ProgramCall]:
    """Call each address."""
    return [call(method, url) for url in urls]


def call(method: str, url: str, body: str | None = None) -> ProgramCall:
    """Send one request to this installation, and follow nothing. No other address is ever called."""
    if not is_own(url):
        return ProgramCall(method, url, "not opened: it leads elsewhere")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    headers = {}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, parts._replace(scheme="", netloc="").geturl(), body, headers)
        response = connection.getresponse()
        return ProgramCall(method, url, f"{response.status} {response.reason}")
    except (OSError, http.client.HTTPException) as error:
        return ProgramCall(method, url, f"no answer: {type(error).__name__}")
    finally:
        connection.close()


def is_own(url: str) -> bool:
    """Whether the address is this installation's."""
    own, asked = urlsplit(settings.EDGE_URL or settings.CONSOLE_URL), urlsplit(url)
    return (own.scheme, own.netloc) == (asked.scheme, asked.netloc) and asked.scheme == "http"
