"""What one decision takes in this process, without a server: ``python -m bench.decision``.

Its microseconds, beside those of the application that does nothing, and the Python functions that it calls, which are
the same number in every run.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from types import CodeType, FrameType
from typing import Any

from bench import decide, floor, interpreter
from bench.database import scratch

Environ = dict[str, Any]
Answering = Callable[["Protocol", Environ], None]
QUESTIONS = 500


class Protocol:
    """Takes answers in the server's place, and like it keeps none of them."""

    def __init__(self) -> None:
        self.statuses: set[int] = set()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Take one."""
        self.statuses.add(status)


def environ_of(body: bytes) -> Environ:
    """Return a question as the server hands it over: new strings for each, whose hashes nobody has asked for yet."""
    environ: Environ = {
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v1/decide",
        "QUERY_STRING": "",
        "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1:8000",
    }
    for name, value in decide.HEADERS:
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
    for name, value in environ.items():
        environ[name] = value.encode().decode()
    environ["wsgi.input"] = BytesIO(body)
    return environ


def environs() -> list[Environ]:
    """Return the questions of a round."""
    return list(map(environ_of, map(decide.body, range(QUESTIONS))))


def edge_server() -> Answering:
    """Return the edge as granian calls it; no decision reaches Django, or the threads that ask the database."""
    from django.core.handlers.wsgi import WSGIHandler

    from checkout_widgets.edge.application import EdgeApplication
    from checkout_widgets.edge.database_threads import DatabaseThreads
    from checkout_widgets.edge.urls import urlpatterns
    from config.edge_server import EdgeServer

    return EdgeServer(EdgeApplication(urlpatterns, WSGIHandler()), refuse, DatabaseThreads())


def refuse(protocol: object, environ: Environ) -> object:
    """Stand for what no decision reaches."""
    raise NotImplementedError


def microseconds(server: Answering) -> float:
    """Return how long this thread computes for one decision, over one round."""
    asked, protocol = environs(), Protocol()
    begin = time.thread_time()
    for environ in asked:
        server(protocol, environ)
    took = time.thread_time() - begin
    assert protocol.statuses == {200}
    return 1e6 * took / len(asked)


def floor_microseconds() -> float:
    """Return how long this thread computes for an answer of the application that does nothing."""
    asked = environs()
    begin = time.thread_time()
    for environ in asked:
        floor.application(environ, start_nothing)
    return 1e6 * (time.thread_time() - begin) / len(asked)


def start_nothing(status: str, headers: list[tuple[str, str]]) -> None:
    """Take what a WSGI application begins its answer with."""


def calls(server: Answering) -> Counter[CodeType]:
    """Return the Python functions that the decisions of a round call, and how often."""
    called: Counter[CodeType] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            called[frame.f_code] += 1

    asked, protocol = environs(), Protocol()
    sys.setprofile(note)
    for environ in asked:
        server(protocol, environ)
    sys.setprofile(None)
    assert protocol.statuses == {200}
    del called[Protocol.response_bytes.__code__]
    return called


def main() -> None:
    """Print the least of many rounds, for other processes only ever add to it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--calls", action="store_true", help="list the functions that are called")
    options = parser.parse_args()
    # No thread beside this one follows the configuration, and one address asks as often as it likes.
    os.environ |= {"EDGE_POLL_SECONDS": "0", "EDGE_CALLS_PER_MINUTE": "100000000"}
    with scratch():
        decide.make_store()
        server = edge_server()
        decisions, floors = [], []
        for _ in range(options.rounds):
            decisions.append(microseconds(server))
            floors.append(floor_microseconds())
        called = calls(server)
    decision_us, floor_us = round(min(decisions), 1), round(min(floors), 1)
    number = round(called.total() / QUESTIONS)
    print(interpreter.describe())
    print(f"a decision takes {decision_us} µs and calls {number} functions; to do nothing takes {floor_us} µs")
    if options.calls:
        for code, times in called.most_common():
            print(f"{times / QUESTIONS:8.2f}  {code.co_qualname}")
    print(json.dumps({"benchmark": "decision", "us": decision_us, "floor_us": floor_us, "calls": number}))


if __name__ == "__main__":
    main()
