"""How granian runs the edge: decisions are answered in the threads that read requests, all else in a few others.

WSGI can't do that: an application that returns has answered. What granian calls gets a protocol, which may be answered
later and from any thread. ``granian.server.mp._wsgi_call_wrap`` makes it of a WSGI application: a private name, the
only one used here. ``tests/config/test_edge_server.py`` tries it against the version that requirements.lock pins.
"""

import logging
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any, Protocol

from granian.server import mp

from checkout_widgets.edge import application, responses
from checkout_widgets.edge.application import EdgeApplication
from checkout_widgets.edge.database_threads import DatabaseThreads
from checkout_widgets.edge.endpoint import UNAVAILABLE, Postponed
from checkout_widgets.edge.responses import Answer

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
MAX_BODY_BYTES = 5_000_000  # the largest that any address takes: a webhook's


class GranianProtocol(Protocol):
    """A request that waits for its answer; a second answer is ignored, and so is one to a client that has gone."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


Answering = Callable[[GranianProtocol, Environ], object]


class EdgeServer:
    """Answers what granian hands over."""

    def __init__(self, edge: EdgeApplication, through_wsgi: Answering, threads: DatabaseThreads) -> None:
        self.edge = edge
        self.through_wsgi = through_wsgi
        self.threads = threads

    def __call__(self, protocol: GranianProtocol, environ: Environ) -> None:
        """Answer a request, or see to it that a thread will."""
        begun = self.edge.begin(environ)
        if isinstance(begun, Answer):
            protocol.response_bytes(begun.status, begun.headers, begun.body)
        elif isinstance(begun, Postponed):
            self.threads.hand_over(partial(finish, protocol, begun), partial(put_off, protocol, begun))
        elif application.has_no_query(environ):
            self.through_wsgi(protocol, environ)
        else:
            take_body(environ)
            busy = partial(send, protocol, responses.error_answer(UNAVAILABLE))
            self.threads.hand_over(partial(self.ask_django, protocol, environ), busy)

    def ask_django(self, protocol: GranianProtocol, environ: Environ) -> None:
        """Answer through Django."""
        try:
            self.through_wsgi(protocol, environ)
        except Exception:
            logger.exception("%s failed", environ["PATH_INFO"])
            send(protocol, responses.error_answer(UNAVAILABLE))


def send(protocol: GranianProtocol, answer: Answer) -> None:
    """Send the answer."""
    protocol.response_bytes(answer.status, answer.headers, answer.body)


def finish(protocol: GranianProtocol, postponed: Postponed) -> None:
    """Answer what asks the database."""
    send(protocol, application.finished(postponed))


def put_off(protocol: GranianProtocol, postponed: Postponed) -> None:
    """Ask the sender to come again."""
    send(protocol, postponed.put_off())


def take_body(environ: Environ) -> None:
    """Read the body, where it isn't longer than any may be, so that who sends slowly holds no thread of the few."""
    length = environ.get("CONTENT_LENGTH") or "0"
    is_chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    if is_chunked:
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(MAX_BODY_BYTES + 1))
    elif length.isdecimal() and len(length) <= len(str(MAX_BODY_BYTES)) and 0 < int(length) <= MAX_BODY_BYTES:
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))


def answer_in_two_kinds_of_threads(edge: EdgeApplication) -> None:
    """Let granian hand the edge its requests as they come.

    Not where granian was asked for what only its own function does, a log of requests or a path that all addresses
    begin with: then decisions wait for the database as with any WSGI server.
    """
    server: Any = mp  # which exports no such name
    own = server._wsgi_call_wrap

    def wrap(callback: Any, options: dict[str, Any], access_log: str | None = None) -> Answering:
        through_wsgi: Answering = own(callback, options, access_log)
        if callback is not edge or access_log or options.get("url_path_prefix"):
            return through_wsgi
        return EdgeServer(edge, through_wsgi, DatabaseThreads())

    server._wsgi_call_wrap = wrap
