"""Where servers can listen, and whether they answer."""

import socket

import pytest

from config import processes


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_require_free_port_in_use_names_the_port_and_another():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        with pytest.raises(processes.CannotListen, match=f"Port {taken} is in use.*{taken + 10}"):
            processes.require_free_port("127.0.0.1", taken)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [("127.0.0.1", 99999, "from 1 to 65535"), ("192.0.2.1", 8000, r"192\.0\.2\.1, port 8000: ")],
)
def test_require_free_port_that_cant_be_says_why(host, port, words):
    with pytest.raises(processes.CannotListen, match=words):
        processes.require_free_port(host, port)


def test_require_free_port_free_says_nothing(port):
    processes.require_free_port("127.0.0.1", port)


def test_answers_nobody_there_is_false(port):
    assert not processes.is_answering("127.0.0.1", port, "/")


@pytest.mark.parametrize(
    ("host", "written"), [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]")]
)
def test_bracketed_host_as_it_stands_in_a_url(host, written):
    assert processes.bracketed(host) == written


def test_console_of_an_ipv6_address_binds_it_in_brackets():
    command = processes.console_service("::1", 8000, workers=1, threads=1).command
    assert command[command.index("--bind") + 1] == "[::1]:8000"


def test_priority_of_decisions_is_above_pages_and_pages_above_jobs():
    console = processes.console_service("127.0.0.1", 8000, workers=1, threads=1)
    worker, *_ = processes.background_services()
    [edge] = processes.edge_services("127.0.0.1", 8001, workers=1)
    assert edge.niceness == 0
    assert 0 < console.niceness < worker.niceness


def test_edge_of_an_ipv6_address_takes_it_bare():
    command = processes.edge_command("::1", 8001)
    assert command[command.index("--host") + 1] == "::1"
