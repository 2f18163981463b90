"""The nginx configuration that the product ships, run by nginx in front of the real servers."""

import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from bench import proxy, slow_clients
from bench.decide import body, make_store
from bench.server import EDGE, HOST, console, serving
from config import console_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(proxy.find() is None, reason="nginx can't be had here (tools/nginx.sh)"),
    pytest.mark.django_db,  # without a test that says so, pytest-django makes no database of the tests' own
]

# Without the proxy the healthy wait for 10 s or for ever; beside other tests the 50 ms of an idle machine can't hold.
BOUND_MS = 1_000
CALLS_PER_MINUTE = 600


def test_shipped_configuration_is_valid(tmp_path):
    main = proxy.write(tmp_path, edge_port=8001, console_port=8000, plain_port=8080, tls_port=8443)
    nginx = proxy.find()
    assert nginx
    checked = subprocess.run(
        [nginx, "-t", "-e", str(tmp_path / "error.log"), "-c", str(main)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "warn" in checked.stderr) == (0, False), checked.stderr


class Ports(NamedTuple):
    """Where nginx listens with TLS, and the console behind it."""

    tls: int
    console: int


@pytest.fixture(scope="module")
def ports(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ports]:
    """nginx in front of one edge process and the console: once for this file."""
    with django_db_blocker.unblock():
        database = connection.settings_dict
        assert database["NAME"].startswith("test_")
        make_store()
        connection.close()
    environment = {
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={database['OPTIONS']['host']}",
        "ALLOWED_HOSTS": slow_clients.NAME,
        "HTTPS": "1",
        "EDGE_PROXIES": "1",
        "EDGE_CALLS_PER_MINUTE": str(CALLS_PER_MINUTE),
    }
    with (
        serving(EDGE, environment) as edge,
        console(environment) as console_port,
        proxy.proxying(tmp_path_factory.mktemp("nginx"), edge_port=edge.port, console_port=console_port) as port,
    ):
        slow_clients.latencies(port, 20)
        yield Ports(port, console_port)
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


@pytest.fixture
def port(ports: Ports) -> int:
    return ports.tls


def test_slow_clients_of_both_kinds_cost_the_healthy_nothing(port):
    with slow_clients.slow_clients(port) as clients:
        measured = slow_clients.latencies(port, 200)
        assert len(clients) == 300
    for what, seconds in measured.items():
        assert slow_clients.percentile_ms(seconds, 0.99) < BOUND_MS, what


def test_client_that_stops_sending_is_let_go_by_the_proxy(port):
    with slow_clients.slow_clients(port, 2) as clients:
        for client in clients:
            client.settimeout(25)
            try:
                answer = client.recv(1000)
            except ConnectionResetError:
                answer = b""
            assert not answer.startswith(b"HTTP/1.1 2")


def test_client_that_stops_sending_to_the_console_itself_is_let_go(ports):
    with ExitStack() as clients:
        for _ in range(4):  # as many as it has threads
            client = clients.enter_context(socket.create_connection((HOST, ports.console), timeout=10))
            client.sendall(b"GET /login/ HTTP/1.1\r\nHost: offers")
        # gunicorn waits another 2 s for each to close its side, one after the other
        asking = http.client.HTTPConnection(HOST, ports.console, timeout=console_server.SILENT_S + 4 * 2 + 10)
        asking.request("GET", "/login/", headers={"Host": slow_clients.NAME})
        assert asking.getresponse().status == 301  # to https, which the proxy would have said it was
        asking.close()


def test_pages_scripts_and_large_bodies_get_through(port):
    shopper = slow_clients.WaitingShopper(port)
    shopper.ask("GET", "/login/")
    shopper.ask("GET", "/s/upsell.js")
    for path, size, status in [
        ("/v1/events", 620_000, 413),
        ("/v1/orders", 400_000, 401),
        ("/admin/", 23_000_000, 413),
    ]:
        assert answer(port, path, b"x" * size)[0] == status, path


def test_address_that_a_client_claims_is_not_believed(port):
    """The edge limits calls by address: one that could be claimed would be no limit."""
    shopper = slow_clients.WaitingShopper(port).connection
    statuses: set[int] = set()
    for number in range(2 * CALLS_PER_MINUTE):
        headers = {"Host": slow_clients.NAME, "X-Forwarded-For": f"10.0.0.{number % 200}"}
        shopper.request("POST", "/v1/decide", body=body(number), headers=headers)
        response = shopper.getresponse()
        response.read()
        statuses.add(response.status)
    assert statuses == {200, 429}


def test_edge_that_is_away_is_said_as_the_edge_would(tmp_path):
    with proxy.proxying(tmp_path, edge_port=9, console_port=9) as port:
        status, headers, content = answer(port, "/v1/decide", b"{}")
    assert (status, headers["Retry-After"], json.loads(content)["error"]["code"]) == (503, "5", "unavailable")


def answer(port: int, path: str, content: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
    """What nginx answers to a POST, also where it does so before all of it has arrived."""
    asking = http.client.HTTPSConnection(HOST, port, timeout=20, context=slow_clients.trusting())
    with suppress(BrokenPipeError, ConnectionResetError):
        asking.request("POST", path, body=content, headers={"Host": slow_clients.NAME})
    found = asking.getresponse()
    said = found.status, found.headers, found.read()
    asking.close()
    return said
