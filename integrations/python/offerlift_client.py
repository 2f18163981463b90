"""Offerlift's edge for a shop's server: decide, events, accept, redeem, orders. Without dependencies.

``offerlift_types`` is made from the edge's OpenAPI description, so that a type checker says what a call takes.
"""

import json
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from offerlift_types import (
    AcceptAnswer,
    AcceptBody,
    DecideBody,
    EventsBody,
    EventsReceipt,
    OrderBody,
    OrderReceipt,
    PreviewAnswer,
    RedeemAnswer,
)

ATTEMPTS = 3
LONGEST_PAUSE_S = 5.0
TRY_AGAIN = (0, 429, 503)


class OfferliftError(Exception):
    """What the edge refuses, by its ``code``; ``status`` 0 where there was no answer in time.

    ``field`` names a value that isn't valid, ``details`` has whatever else the answer says, such as a new price.
    """

    def __init__(self, status: int, details: Mapping[str, Any], retry_after_s: float | None = None) -> None:
        super().__init__(str(details.get("message", "The edge did not answer in time.")))
        self.status = status
        self.code = str(details.get("code", "no_answer"))
        self.field = details.get("field")
        self.details = details
        self.retry_after_s = retry_after_s


class Offerlift:
    """A store's edge, called with its secret key.

    >>> offerlift = Offerlift("https://offers.example", "sk_...")
    """

    def __init__(self, edge: str, secret_key: str, *, timeout_s: float = 5.0, decide_timeout_s: float = 0.8) -> None:
        self.edge = edge.rstrip("/")
        self.secret_key = secret_key
        self.timeout_s = timeout_s
        self.decide_timeout_s = decide_timeout_s

    def decide(self, body: DecideBody) -> PreviewAnswer:
        """Return what to show a visitor now. Not repeated: show your page without an offer where it raises."""
        return cast(PreviewAnswer, self._call("/v1/decide", body, self.decide_timeout_s))

    def send_events(self, body: EventsBody) -> EventsReceipt:
        """Report what a page or an app has shown. Repeated where the edge has no time: events count once."""
        return cast(EventsReceipt, self._insist("/v1/events", body))

    def accept(self, body: AcceptBody) -> AcceptAnswer:
        """Accept an offer for a visitor, at the price that was shown; with the same key again, the same acceptance."""
        return cast(AcceptAnswer, self._call("/v1/accept", body, self.timeout_s))

    def redeem(self, acceptance_token: str, reference: str = "") -> RedeemAnswer:
        """Return what an acceptance is worth, and use it up. With a reference, it may be repeated."""
        body = {"acceptance_token": acceptance_token}
        if not reference:  # repeated after a lost answer, it would be refused as redeemed
            return cast(RedeemAnswer, self._call("/v1/acceptances/redeem", body, self.timeout_s))
        return cast(RedeemAnswer, self._insist("/v1/acceptances/redeem", body | {"reference": reference}))

    def send_order(self, order: OrderBody) -> OrderReceipt:
        """Send an order as it is now, again whenever it changes. Repeated where the edge has no time."""
        return cast(OrderReceipt, self._insist("/v1/orders", order))

    def _insist(self, path: str, body: Mapping[str, Any]) -> Any:
        """Call until there is an answer that a repetition wouldn't change: the same body twice changes nothing."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._call(path, body, self.timeout_s)
            except OfferliftError as error:
                pause = error.retry_after_s or attempt
                if attempt == ATTEMPTS or error.status not in TRY_AGAIN or pause > LONGEST_PAUSE_S:
                    raise
                time.sleep(pause)
        raise AssertionError("The last attempt returns or raises.")

    def _call(self, path: str, body: Mapping[str, Any], timeout_s: float) -> Any:
        headers = {"Authorization": f"Bearer {self.secret_key}", "Content-Type": "application/json"}
        request = Request(self.edge + path, json.dumps(body).encode(), headers)  # noqa: S310 - the shop's own setting
        try:
            with urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as refused:
            raise refusal(refused) from None
        except (OSError, HTTPException, ValueError) as error:
            raise OfferliftError(0, {}) from error


def refusal(refused: HTTPError) -> OfferliftError:
    """Return what the edge says of a call that it refuses."""
    try:
        details = json.load(refused)["error"]
    except (ValueError, KeyError, TypeError):  # a proxy's own page
        details = {"code": "unavailable", "message": f"The answer was {refused.code}."}
    after = refused.headers.get("Retry-After") or ""
    return OfferliftError(refused.code, details, float(after) if after.isdigit() else None)
