"""The least that a WSGI application can do: read the body, send bytes. What every other figure is compared with."""

import os
from collections.abc import Callable, Iterable
from typing import Any

ANSWER = b"x" * int(os.environ.get("FLOOR_ANSWER_BYTES", "1000"))
HEADERS = [  # as many as the edge sends
    ("Content-Type", "application/json"),
    ("Content-Length", str(len(ANSWER))),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Vary", "Origin"),
    ("Access-Control-Allow-Origin", "https://shop.example"),
]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer any request with ``FLOOR_ANSWER_BYTES`` bytes."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", HEADERS)
    return [ANSWER]
