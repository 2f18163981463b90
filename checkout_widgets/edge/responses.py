"""Answers: JSON, coded errors, and the headers that let a store's pages read them."""

from typing import Any

import msgspec
from django.http import HttpResponse

JSON = "application/json"
_encode = msgspec.json.Encoder().encode


class ApiError(Exception):
    """A refusal: an HTTP status, a code that programs read, a sentence that people read.

    ``details`` stand beside them in the answer, such as the ``field`` that is wrong.
    """

    def __init__(
        self, status: int, code: str, message: str, *, retry_after_s: int | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.body = {"error": {"code": code, "message": message, **details}}


def json_response(body: Any, status: int = 200) -> HttpResponse:
    """The body (a struct, a dict, a list) as JSON that nobody caches."""
    response = HttpResponse(_encode(body), content_type=JSON, status=status)
    response["Cache-Control"] = "no-store"
    return response


def error_response(error: ApiError) -> HttpResponse:
    """The refusal as an answer."""
    response = json_response(error.body, error.status)
    if error.retry_after_s is not None:
        response["Retry-After"] = str(error.retry_after_s)
    return response


def allow_origin(response: HttpResponse, origin: str) -> None:
    """Let pages of this origin read the answer."""
    response["Access-Control-Allow-Origin"] = origin


def preflight_response() -> HttpResponse:
    """The answer to a browser that asks whether it may send JSON."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "POST"
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Access-Control-Max-Age"] = "7200"
    return response
