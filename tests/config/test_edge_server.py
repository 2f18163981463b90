"""The edge on the pinned granian: decisions at once, what asks the database in threads of its own."""

import json
import logging
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from bench import load
from bench.decide import HEADERS, body, make_store
from bench.server import EDGE, HOST, Server, serving
from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.application import EdgeApplication
from checkout_widgets.edge.database_threads import THREADS, WAITING, DatabaseThreads
from checkout_widgets.edge.urls import urlpatterns
from config.edge_server import EdgeServer
from tests import factories

EVENTS = "experiments_widgetevent"
WITHIN_S = 5.0  # beside other tests; what would wait for a lock waits 10 s for its statement's end


class Waiting:
    """granian's side of a request: notes what it is answered."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_answered = threading.Event()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body
        self.is_answered.set()


class Input:
    """A body that is on its way, and which thread read it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = ""

    def read(self, size: int) -> bytes:
        self.reader = threading.current_thread().name
        return self.content[:size]


def environ(path: str, content: bytes = b"{}", **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": Input(content),
    } | headers


@pytest.fixture
def threads() -> Iterator[DatabaseThreads]:
    pool = DatabaseThreads(threads=1, waiting=1)
    yield pool
    pool.executor.shutdown()


def server_of(threads: DatabaseThreads, through_wsgi: Callable[..., Any]) -> EdgeServer:
    return EdgeServer(EdgeApplication(urlpatterns, through_wsgi), through_wsgi, threads)


def test_edge_server_asks_django_in_another_thread_with_the_body_read_before(threads):
    asked: list[Any] = []

    def through_wsgi(protocol, environ):
        asked.append((threading.current_thread().name, environ["wsgi.input"].read()))
        protocol.response_bytes(200, [], b"")

    request, waiting = environ("/v1/webhooks/shopify/shop", b"delivery"), Waiting()
    arriving = request["wsgi.input"]
    server_of(threads, through_wsgi)(waiting, request)
    assert waiting.is_answered.wait(WITHIN_S)
    assert arriving.reader == threading.current_thread().name
    [(thread, content)] = asked
    assert thread.startswith("edge-database")
    assert content == b"delivery"


@pytest.mark.parametrize(
    ("length", "headers", "is_read"),
    [
        ("5000000", {}, True),
        ("5000001", {}, False),
        ("9" * 5_000, {}, False),
        ("-1", {}, False),
        ("", {}, False),
        ("", {"HTTP_TRANSFER_ENCODING": "Chunked"}, True),
    ],
)
def test_edge_server_reads_no_body_that_is_longer_than_any_may_be(threads, length, headers, is_read):
    def through_wsgi(protocol, environ):
        protocol.response_bytes(413, [], b"")

    request, waiting = environ("/v1/webhooks/shopify/shop", CONTENT_LENGTH=length, **headers), Waiting()
    arriving = request["wsgi.input"]
    server_of(threads, through_wsgi)(waiting, request)
    assert waiting.is_answered.wait(WITHIN_S)
    assert bool(arriving.reader) == is_read


@pytest.mark.slow
def test_edge_server_decides_in_its_thread_with_the_body_read_before(threads, store):
    through_wsgi: Any = never
    edge, here = EdgeApplication(urlpatterns, through_wsgi), threading.current_thread().name
    server = EdgeServer(edge, through_wsgi, threads, has_thread=True)
    content = json.dumps({"key": store.site_key, "moments": ["cart"]}).encode()
    in_chunks = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    requests = [
        (environ("/v1/decide", content), 200, here),
        (environ("/v1/decide", content, **in_chunks), 200, here),
        (environ("/v1/decide", b"{" + 60_000 * b" ", **in_chunks), 413, here),
        (environ("/v1/decide", CONTENT_LENGTH="60001"), 413, ""),
    ]
    live_configuration.refresh()
    for request, status, reader in requests:
        waiting, arriving = Waiting(), request["wsgi.input"]
        server(waiting, request)
        assert waiting.is_answered.wait(WITHIN_S)
        assert (waiting.status, arriving.reader) == (status, reader)


@pytest.mark.parametrize("path", ["/healthz", "/s/upsell.js"])
def test_edge_server_answers_health_and_scripts_while_all_threads_are_taken(threads, path):
    asked: list[str] = []
    answering = server_of(threads, lambda protocol, environ: asked.append(threading.current_thread().name))
    with taken(threads):
        answering(Waiting(), environ(path))
    assert asked == [threading.current_thread().name]


def test_edge_server_asks_to_come_again_where_too_many_wait(threads, store):
    waiting = [Waiting() for _ in range(3)]
    with taken(threads):
        for each in waiting:
            server_of(threads, never)(each, environ("/v1/events", HTTP_ORIGIN="https://shop.example"))
        assert [each.is_answered.is_set() for each in waiting] == [False, True, True]
    refused = waiting[2]
    assert (refused.status, json.loads(refused.body)["error"]["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    # the store's page may read it: the snippet keeps its events and tries again
    assert refused.headers["Access-Control-Allow-Origin"] == "https://shop.example"


def test_edge_server_asks_to_come_again_where_django_would_have_to_wait(threads):
    waiting = [Waiting(), Waiting()]
    with taken(threads):
        for each in waiting:
            server_of(threads, never)(each, environ("/v1/webhooks/shopify/shop"))
        assert [each.status for each in waiting] == [0, 503]


def test_edge_server_answers_what_fails_in_django_and_goes_on(threads, caplog):
    def fail(protocol, environ):
        raise KeyError("nobody expected it")

    waiting = [Waiting(), Waiting()]
    for each in waiting:
        server_of(threads, fail)(each, environ("/v1/nothing"))
        assert each.is_answered.wait(WITHIN_S)
    assert [each.status for each in waiting] == [503, 503]
    assert "nobody expected it" in caplog.text


@pytest.fixture
def store(db: None) -> Any:
    store = factories.make_store(site_key="pk_shop", allowed_origins=["https://shop.example"])
    live_configuration.refresh()
    return store


def never(protocol: Any, environ: Any) -> None:
    raise AssertionError("Django was asked")


@contextmanager
def taken(threads: DatabaseThreads) -> Iterator[None]:
    """Keep the pool's one thread busy."""
    is_over = threading.Event()
    threads.hand_over(is_over.wait, lambda: None)
    try:
        yield
    finally:
        logging.disable(logging.CRITICAL)  # what waited fails: a test's rows are in a transaction of another thread
        is_over.set()
        threads.executor.shutdown()
        logging.disable(logging.NOTSET)


# From here on with granian itself, and a database that its processes share with the test.


@pytest.fixture(scope="module")
def environment(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """What points a server at the tests' database, which has a store until all of them are over."""
    with django_db_blocker.unblock():
        make_store()
        database = connection.settings_dict
        connection.close()
    assert database["NAME"].startswith("test_")
    url = f"postgres://{database['USER']}@/{database['NAME']}?host={database['OPTIONS']['host']}"
    yield {"DATABASE_URL": url, "EDGE_CALLS_PER_MINUTE": "0"}
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


@pytest.fixture(scope="module")
def edge(environment: dict[str, str]) -> Iterator[Server]:
    with serving(EDGE, environment) as server:
        yield server


@pytest.fixture
def database(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection outside of the test's transaction, which would keep locks to its end."""
    own = connection.copy()
    yield own
    own.close()


def stored(database: BaseDatabaseWrapper) -> int:
    """How many events are stored."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {EVENTS}")
        return int(cursor.fetchone()[0])


def ask(server: Server, path: str, content: bytes, timeout_s: float = 30.0) -> tuple[int, bytes]:
    asking = HTTPConnection(HOST, server.port, timeout=timeout_s)
    try:
        asking.request("POST", path, content, dict(HEADERS))
        answer = asking.getresponse()
        return answer.status, answer.read()
    finally:
        asking.close()


def decide(server: Server, number: int = 1) -> float:
    """Ask for a decision, and return the seconds that it took."""
    begun = time.monotonic()
    status, content = ask(server, "/v1/decide", body(number))
    assert (status, len(json.loads(content)["decisions"])) == (200, 2)
    return time.monotonic() - begun


def batch() -> bytes:
    event = {"id": str(uuid4()), "type": "error", "at": datetime.now(UTC).isoformat()}
    return json.dumps({"key": "pk_bench", "visitor_id": "v_1", "events": [event]}).encode()


@contextmanager
def locked_events(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold the lock of a migration that rewrites the table of events; ``rollback`` ends it before."""
    database.set_autocommit(False)
    try:
        database.cursor().execute(f"LOCK TABLE {EVENTS} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        database.rollback()
        database.set_autocommit(True)


@contextmanager
def sent(server: Server, number: int) -> Iterator[list[socket.socket]]:
    """Send batches of events over connections of their own, without waiting for an answer."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(number):
            client = stack.enter_context(socket.create_connection((HOST, server.port), timeout=30))
            client.sendall(load.request("/v1/events", batch(), HEADERS))
            sockets.append(client)
        time.sleep(0.3)  # until they have been read and handed over
        yield sockets


def answered(clients: list[socket.socket]) -> list[socket.socket]:
    """The clients that have an answer by now."""
    return select.select(clients, [], [], 0)[0]


def status_of(client: socket.socket) -> int:
    return int(client.recv(10_000).split()[1])


@pytest.mark.slow
@pytest.mark.django_db
class TestGranian:
    def test_answers_a_decision_an_event_and_an_address_that_there_is_not(self, edge, database):
        decide(edge)
        status, content = ask(edge, "/v1/events", batch())
        assert (status, json.loads(content)["accepted"]) == (200, 1)
        status, content = ask(edge, "/v1/nothing", b"{}")
        assert (status, json.loads(content)["error"]["code"]) == (404, "not_found")
        assert ask(edge, "/nothing", b"")[0] == 404
        assert ask(edge, "/v1/events", b" " * 60_001)[0] == 413

    def test_answers_what_failed_and_goes_on(self, edge, database):
        cursor = database.cursor()
        cursor.execute(f"ALTER TABLE {EVENTS} RENAME TO elsewhere")
        try:
            status, content = ask(edge, "/v1/events", batch())
        finally:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {EVENTS}")
        assert (status, json.loads(content)["error"]["code"]) == (503, "unavailable")
        assert ask(edge, "/v1/events", batch())[0] == 200

    def test_decides_while_the_table_of_events_is_locked_and_refuses_what_can_not_wait(self, edge, database):
        number = THREADS + WAITING + 2
        with locked_events(database), sent(edge, number) as clients:
            assert max(decide(edge, number) for number in range(20)) < WITHIN_S
            refused = answered(clients)
            assert [status_of(client) for client in refused] == [503, 503]
            database.rollback()
            assert {status_of(client) for client in clients if client not in refused} == {200}

    def test_client_that_goes_away_takes_nobody_along(self, edge, database):
        before = stored(database)
        with locked_events(database):
            with sent(edge, THREADS + 3):
                pass  # all of them close their connections while their events wait
            decide(edge)
        deadline = time.monotonic() + 30
        while stored(database) < before + THREADS and time.monotonic() < deadline:
            time.sleep(0.1)
        assert ask(edge, "/v1/events", batch())[0] == 200

    def test_stops_with_work_waiting_after_it_is_done(self, environment, database):
        before = stored(database)
        with serving(EDGE, environment) as server:
            decide(server)
            with locked_events(database), sent(server, THREADS + 3) as clients:
                server.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                database.rollback()
                assert [status_of(client) for client in clients] == [200] * (THREADS + 3)
            assert server.process.wait(20) == 0
        assert stored(database) == before + THREADS + 3
