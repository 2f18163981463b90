"""A closed loop: each connection sends its next request when it has the answer to the last one.

Written on ``epoll`` and bytes, so that the client costs a fraction of what the server does.
"""

import select
import socket
import time
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

END_OF_HEADERS = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass
class OpenConnection:
    """One keep-alive connection and what has arrived of the answer that it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once all of it is there."""
        head_end = self.buffer.find(END_OF_HEADERS)
        if head_end < 0:
            return None
        head = bytes(self.buffer[: head_end + 2]).lower()
        start = head.find(LENGTH) + len(LENGTH)
        body_start = head_end + len(END_OF_HEADERS)
        body_end = body_start + int(head[start : head.index(b"\r", start)])
        if len(self.buffer) < body_end:
            return None
        answer = int(head[9:12]), bytes(self.buffer[body_start:body_end])
        del self.buffer[:body_end]
        return answer


@dataclass
class LoadResult:
    """What a run measured: seconds of each request, and of all of them together; and what it keeps and allows."""

    latencies: list[float]
    seconds: float
    answers: list[bytes]
    keep: int = 0
    allowed: Container[int] = frozenset({200})

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency in milliseconds that ``share`` of the requests stayed within."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(path: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A POST as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    for name, value in headers:
        lines.append(f"{name}: {value}")
    return "\r\n".join(lines).encode() + END_OF_HEADERS + body


def run(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 16,
    keep: int = 0,
    allowed: Container[int] = frozenset({200}),
) -> LoadResult:
    """Send all requests, in turn over all connections; keeps the first ``keep`` answers.

    Raises ``RuntimeError`` where one is answered by a status that isn't ``allowed``.
    """
    poll = select.epoll()
    open_connections = {}
    for _ in range(connections):
        connection = OpenConnection(socket.create_connection(("127.0.0.1", port), timeout=10))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    waiting = iter(requests)
    result = LoadResult([], 0.0, [], keep, allowed)
    start = time.perf_counter()
    for connection in open_connections.values():
        send_next(connection, waiting)
    while len(result.latencies) < len(requests):
        for descriptor, _ in poll.poll(10):
            receive(open_connections[descriptor], result, waiting)
    result.seconds = time.perf_counter() - start
    for connection in open_connections.values():
        connection.socket.close()
    poll.close()
    return result


def send_next(connection: OpenConnection, waiting: Iterator[bytes]) -> None:
    """Send the next request, where there is one."""
    message = next(waiting, None)
    if message is not None:
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(message)


def receive(connection: OpenConnection, result: LoadResult, waiting: Iterator[bytes]) -> None:
    """Take what has arrived; where the answer is complete, count it and go on."""
    arrived = connection.socket.recv(65_536)
    if not arrived:
        raise RuntimeError("The server closed the connection.")
    connection.buffer += arrived
    answer = connection.answer()
    if answer is None:
        return
    status, body = answer
    if status not in result.allowed:
        raise RuntimeError(f"Answered {status}: {body[:300]!r}")
    result.latencies.append(time.perf_counter() - connection.sent_at)
    if len(result.answers) < result.keep:
        result.answers.append(body)
    send_next(connection, waiting)
