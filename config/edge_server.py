"""How granian runs the edge: a thread decides, a few others answer what asks the database.

WSGI can't do that: an application that returns has answered. What granian calls gets a protocol, which may be answered
later and from any thread. ``granian.server.mp._wsgi_call_wrap`` makes it of a WSGI application: a private name, the
only one used here. ``tests/config/test_edge_server.py`` tries it against the version that requirements.lock pins.
"""

import logging
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from granian.server import mp

from checkout_widgets.edge import application, responses
from checkout_widgets.edge.application import EdgeApplication
from checkout_widgets.edge.call import MAX_DIGITS, TAKEN_BODY
from checkout_widgets.edge.database_threads import DatabaseThreads
from checkout_widgets.edge.decide import decide
from checkout_widgets.edge.endpoint import UNAVAILABLE, Postponed
from checkout_widgets.edge.responses import Answer
from config.deciding_thread import Begun, DecidingThread, Environ, GranianProtocol

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 5_000_000  # the largest that any address takes: a webhook's
DECIDE_PATH = "/v1/decide"


Answering = Callable[[GranianProtocol, Environ], object]


class EdgeServer:
    """Answers what granian hands over, in the thread that hands it over unless there are others for it."""

    def __init__(
        self, edge: EdgeApplication, through_wsgi: Answering, threads: DatabaseThreads, *, has_thread: bool = False
    ) -> None:
        self.edge = edge
        self.through_wsgi = through_wsgi
        self.threads = threads
        self.deciding: DecidingThread | None = None
        if has_thread:
            self.deciding = DecidingThread(edge.begin, self.go_on)

    def __call__(self, protocol: GranianProtocol, environ: Environ) -> None:
        """Answer a request, or see to it that a thread will."""
        if self.deciding is not None and environ["PATH_INFO"] == DECIDE_PATH:
            # here: whoever sends slowly doesn't hold up who decides
            if "HTTP_TRANSFER_ENCODING" in environ:
                take_body(environ, decide.max_bytes)
            else:
                environ[TAKEN_BODY] = body_of(environ, decide.max_bytes)
            self.deciding.hand_over(protocol, environ)
        else:
            self.go_on(protocol, environ, self.edge.begin(environ))

    def go_on(self, protocol: GranianProtocol, environ: Environ, begun: Begun) -> None:
        """Send an answer, or see to it that a thread goes on with it."""
        if isinstance(begun, Answer):
            protocol.response_bytes(begun.status, begun.headers, begun.body)
        elif isinstance(begun, Postponed):
            self.threads.hand_over(partial(finish, protocol, begun), partial(put_off, protocol, begun))
        elif application.has_no_query(environ):
            self.through_wsgi(protocol, environ)
        else:
            take_body(environ, MAX_BODY_BYTES)
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


def take_body(environ: Environ, most: int) -> None:
    """Read the body, where it isn't longer than it may be, so that who sends slowly holds no thread of the few."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(most + 1))
    else:
        content = body_of(environ, most)
        if content is not None:
            environ["wsgi.input"] = BytesIO(content)


def body_of(environ: Environ, most: int) -> bytes | None:
    """Return a body that is as long as the sender says; None where it has no length, or a greater one than it may."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > MAX_DIGITS:
        return None
    number = int(length)
    if not 0 < number <= most:
        return None
    content: bytes = environ["wsgi.input"].read(number)
    return content


def answer_in_threads_of_its_own(edge: EdgeApplication) -> None:
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
        return EdgeServer(edge, through_wsgi, DatabaseThreads(), has_thread=True)

    server._wsgi_call_wrap = wrap
