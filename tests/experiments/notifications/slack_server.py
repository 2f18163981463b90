"""Slack's incoming webhooks, as their documentation describes them: what they take, and what they answer.

https://api.slack.com/messaging/webhooks and https://api.slack.com/reference/block-kit/blocks
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

KNOWN = {"text", "blocks", "attachments", "thread_ts", "response_type", "mrkdwn", "unfurl_links", "unfurl_media"}
LONGEST_TEXT = 3000


@dataclass
class SlackServer:
    """The server: ``taken`` are the messages of the channel; ``answer`` is given instead, where one is set."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def receive(self, path: str, content_type: str, body: bytes) -> tuple[int, str]:
        if self.answer is not None:
            return self.answer
        if path != "/services/T000/B000/XXXX":
            return 404, "no_service"
        fault = fault_of(content_type, body)
        if fault:
            return 400, fault
        self.taken.append(json.loads(body))
        return 200, "ok"


def fault_of(content_type: str, body: bytes) -> str:
    """The error that Slack names; empty for a message that it takes."""
    try:
        message = json.loads(body)
    except ValueError:
        return "invalid_payload"
    if not content_type.startswith("application/json") or not isinstance(message, dict) or set(message) - KNOWN:
        return "invalid_payload"
    if not message.get("text") and not message.get("blocks"):
        return "no_text"
    for block in message.get("blocks", []):
        text = block.get("text", {})
        is_section = block.get("type") == "section" and text.get("type") in {"mrkdwn", "plain_text"}
        if not is_section or not 0 < len(text.get("text", "")) <= LONGEST_TEXT:
            return "invalid_blocks"
    return ""


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    slack = SlackServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, text = slack.receive(self.path, self.headers["content-type"], body)
            self.send_response(status)
            for name, value in slack.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    slack.url = f"http://127.0.0.1:{server.server_port}/services/T000/B000/XXXX"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
