"""A mail provider's API of the tests' own, on the loopback: it answers as it is told, and keeps what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class ProviderServer:
    """``answers`` are the next ones, a status with a body each; None ends the connection without any.

    ``seconds`` is how long it takes for each.
    """

    answers: list[tuple[int, object] | None] = field(default_factory=list)
    seconds: float = 0.0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""


def fields_of(content_type: str, body: bytes) -> dict[str, Any]:
    """What was posted: JSON, or the fields of a form."""
    if content_type.startswith("application/json"):
        read: dict[str, Any] = json.loads(body)
        return read
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not form.is_multipart():
        return dict(parse_qsl(body.decode()))
    parts = {}
    for part in form.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts[str(part.get_param("name", header="content-disposition"))] = content.decode()
    return parts


@contextmanager
def provider_server() -> Iterator[ProviderServer]:
    """Run one for as long as the block."""
    state = ProviderServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append((self.path, fields_of(self.headers["Content-Type"], body)))
            time.sleep(state.seconds)
            answer = state.answers.pop(0)
            if answer is None:
                self.close_connection = True
                return
            content = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
