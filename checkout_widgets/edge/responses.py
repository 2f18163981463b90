"""Answers: JSON, coded errors, and the headers that let a store's pages read them."""

from typing import Any

from msgspec import Struct
from msgspec.json import Encoder

_encode = Encoder().encode
JSON = ("Content-Type", "application/json")
NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
VARIES_BY_ORIGIN = ("Vary", "Origin")


class ApiError(Exception):
    """A refusal: an HTTP status, a code that programs read, a sentence that people read.

    ``allowed`` is the method of an address that was called with another. ``details`` stand beside them in the answer,
    such as the ``field`` that is wrong.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after_s: int | None = None,
        allowed: str = "POST",
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.allowed = allowed
        self.code = code
        self.retry_after_s = retry_after_s
        self.body = {"error": {"code": code, "message": message, **details}}


class Answer(Struct):
    """What is sent back."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]


def json_answer(body: Any, status: int = 200, cache_control: str = "no-store") -> Answer:
    """Return the body (a struct, a dict, a list) as JSON; by default nobody may cache it."""
    content = _encode(body)
    headers = [JSON, ("Content-Length", str(len(content))), ("Cache-Control", cache_control), NO_SNIFFING]
    return Answer(status, content, headers)


def error_answer(error: ApiError) -> Answer:
    """Return the refusal as an answer."""
    answer = json_answer(error.body, error.status)
    if error.retry_after_s is not None:
        answer.headers.append(("Retry-After", str(error.retry_after_s)))
    if error.status == 405:
        answer.headers.append(("Allow", f"{error.allowed}, OPTIONS"))
    return answer


def preflight_answer(method: str) -> Answer:
    """Return the answer to a browser that asks whether it may call by this method, and send JSON."""
    headers = [
        ("Content-Length", "0"),
        ("Access-Control-Allow-Methods", method),
        ("Access-Control-Allow-Headers", "Content-Type"),
        ("Access-Control-Max-Age", "7200"),
    ]
    return Answer(204, b"", headers)
