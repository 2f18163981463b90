"""What slow clients cost the others behind nginx: ``python -m bench.slow_clients``.

Half of them send half a header and half of them half a body, and then nothing. Measured is how long others wait for a
decision and for the sign-in page meanwhile; the floor is the same without slow clients, in the same run.
"""

import json
import socket
import ssl
import statistics
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

from bench.database import scratch
from bench.decide import body, make_store
from bench.proxy import proxying
from bench.server import EDGE, HOST, console, serving

SLOW = 300
NAME = "offers.example"


def trusting() -> ssl.SSLContext:
    """For a certificate that was made for this run."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def slow_clients(port: int, number: int = SLOW) -> Iterator[list[ssl.SSLSocket]]:
    """Connect as many, half of them in the middle of a header and half in the middle of a body."""
    context = trusting()
    half_header = f"POST /v1/decide HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: ".encode()
    half_body = f'POST /v1/decide HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 500\r\n\r\n{{"key": "pk_'.encode()
    clients = []
    try:
        for index in range(number):
            client = context.wrap_socket(socket.create_connection((HOST, port), timeout=10), server_hostname=NAME)
            client.sendall(half_body if index % 2 else half_header)
            clients.append(client)
        yield clients
    finally:
        for client in clients:
            client.close()


class WaitingShopper:
    """A client that sends whole requests, over one connection for all of them."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPSConnection(HOST, port, timeout=10, context=trusting())

    def ask(self, method: str, path: str, content: bytes | None = None) -> float:
        """Seconds until the whole answer is there. Raises ``RuntimeError`` where it isn't 200."""
        start = time.perf_counter()
        self.connection.request(method, path, body=content, headers={"Host": NAME})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        return time.perf_counter() - start


def latencies(port: int, number: int) -> dict[str, list[float]]:
    """Seconds of so many decisions and of a tenth as many sign-in pages, in turns."""
    shopper = WaitingShopper(port)
    measured: dict[str, list[float]] = {"decide": [], "console": []}
    for index in range(number):
        measured["decide"].append(shopper.ask("POST", "/v1/decide", body(index)))
        if index % 10 == 0:
            measured["console"].append(shopper.ask("GET", "/login/"))
    return measured


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """The latency in milliseconds that ``share`` of them stayed within."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


def figures(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds."""
    return {
        "p50_ms": round(1000 * statistics.median(seconds), 2),
        "p99_ms": round(percentile_ms(seconds, 0.99), 2),
    }


def main() -> None:
    """Measure without slow clients, then with them, and print both."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--slow", type=int, default=SLOW)
    options = parser.parse_args()
    with scratch() as environment, tempfile.TemporaryDirectory() as folder:
        make_store()
        environment |= {"ALLOWED_HOSTS": NAME, "EDGE_PROXIES": "1"}
        with (
            serving(EDGE, environment) as edge,
            console(environment) as console_port,
            proxying(Path(folder), edge_port=edge.port, console_port=console_port) as port,
        ):
            latencies(port, 300)
            alone = latencies(port, options.requests)
            with slow_clients(port, options.slow):
                beside = latencies(port, options.requests)
    result = {
        what: {"alone": figures(alone[what]), "beside_slow_clients": figures(beside[what])}
        for what in ("decide", "console")
    }
    for what, found in result.items():
        print(f"{what:<10}{found}")
    print(json.dumps({"benchmark": "slow_clients", "slow": options.slow, **result}))


if __name__ == "__main__":
    main()
