"""A published configuration at an address: the console's, or that of any server of files.

The address is the operator's setting and nothing else steers it: names are put behind it only where they look like
ours, and redirects are not followed. What comes is bounded in size and time.
"""

import http.client
import re
import ssl
from http import HTTPStatus
from urllib.parse import urlsplit

from checkout_widgets.edge.publication.folder import DOCUMENT_NAME, IndexFile, Unreadable
from checkout_widgets.edge.publication.index import INDEX_NAME, MAX_DOCUMENT_BYTES, MAX_INDEX_BYTES
from config.time_limit import at_most

STEP_S = 3.0  # to connect, and between two pieces of an answer
TOTAL_S = 10.0  # for an answer as a whole: a change is to be followed soon, and the next attempt comes by itself
# As RFC 9110 (8.8.3) writes it. What else a server calls its tag isn't sent back to it.
TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
HINTS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "EDGE_KEYS here has none of the console's",
    HTTPStatus.FORBIDDEN: "the server doesn't let this machine read it",
    HTTPStatus.NOT_FOUND: "nothing is published there yet, or CONFIGURATION_URL is another address",
    HTTPStatus.BAD_REQUEST: "the server may not know this host name (ALLOWED_HOSTS)",
}


class ConfigurationServer:
    """Reads a published configuration over HTTP, on one connection that stays open between questions."""

    def __init__(self, url: str, key: str) -> None:
        """``url`` is the folder's address, ``key`` the edge's, sent as a bearer token where there is one."""
        self.parts = urlsplit(url)
        self.folder = self.parts.path.rstrip("/")
        self.headers = {"User-Agent": "Offerlift edge", "Accept-Encoding": "identity"}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.connection: http.client.HTTPConnection | None = None

    def read_index(self, etag: str = "") -> IndexFile | None:
        """Return the index; None where it is still the one of this tag. Raises ``Unreadable``."""
        headers = dict(self.headers)
        if etag:
            headers["If-None-Match"] = etag
        status, found, body = self.get(INDEX_NAME, headers, MAX_INDEX_BYTES)
        if status == HTTPStatus.NOT_MODIFIED and etag:
            return None
        return IndexFile(self.content_of(status, body), found)

    def read_document(self, name: str) -> bytes:
        """Return the file of a document. Raises ``Unreadable``."""
        if not DOCUMENT_NAME.fullmatch(name):
            raise Unreadable("There is no document of that name.")
        status, _etag, body = self.get(name, self.headers, MAX_DOCUMENT_BYTES)
        return self.content_of(status, body)

    def content_of(self, status: int, body: bytes) -> bytes:
        """Return the body of an answer that has the file. Raises ``Unreadable``."""
        if status == HTTPStatus.OK:
            return body
        hint = HINTS.get(status, "try again later")
        if 300 <= status < 400:
            hint = "redirects aren't followed; let CONFIGURATION_URL name the address itself"
        raise Unreadable(f"{self.parts.hostname} answered {status}: {hint}")

    def get(self, name: str, headers: dict[str, str], most_bytes: int) -> tuple[int, str, bytes]:
        """Return status, tag and body of a file. Raises ``Unreadable``."""
        is_reused = self.connection is not None
        try:
            return self.ask(name, headers, most_bytes)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if not is_reused:
                raise Unreadable(f"{self.parts.hostname} doesn't answer: {error}") from error
        # The server ends connections that have been idle: what failed on an old one is asked again on a new one, once.
        return self.get(name, headers, most_bytes)

    def ask(self, name: str, headers: dict[str, str], most_bytes: int) -> tuple[int, str, bytes]:
        """Ask once. Raises ``OSError``, ``HTTPException``, and ``Unreadable`` where the answer is too large."""
        connection = self.connected()
        with at_most(TOTAL_S, connection.sock):
            connection.request("GET", f"{self.folder}/{name}", headers=headers)
            answer = connection.getresponse()
            body = answer.read(most_bytes + 1)
        if len(body) > most_bytes:
            self.close()
            raise Unreadable(f"{self.parts.hostname} answered with more than {most_bytes} bytes.")
        if answer.will_close:
            self.close()
        return answer.status, sendable_tag(answer.getheader("ETag", "")), body

    def connected(self) -> http.client.HTTPConnection:
        """Return the open connection, or a new one. Raises ``OSError``."""
        if self.connection is not None:
            return self.connection
        host, port = self.parts.hostname or "", self.parts.port
        connection = http.client.HTTPConnection(host, port, timeout=STEP_S)
        if self.parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=STEP_S, context=context)
        connection.connect()
        self.connection = connection
        return connection

    def close(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def sendable_tag(tag: str) -> str:
    """Return an entity tag that may be sent back; empty where it is none."""
    if TAG.fullmatch(tag):
        return tag
    return ""
