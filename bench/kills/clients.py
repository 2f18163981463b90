"""Shoppers, a store's server and a shop system that send each thing again until it is acknowledged."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from operator import itemgetter
from typing import Any
from uuid import uuid4

from bench.decide import HEADERS, body
from bench.events import BATCH, events_of
from bench.server import HOST
from bench.webhooks import SAMPLE, SECRET

ANSWER_WITHIN_S = 15  # longer than a killed process takes to be back: what isn't answered by then is lost
SECRET_KEY = "sk_bench_0123456789abcdef0123456789abcdef"  # noqa: S105 -- of a store that lives as long as the run
ORDER_MINOR = 5_000


@dataclass
class Acknowledged:
    """What the product has said that it keeps."""

    events: list[str] = field(default_factory=list)
    acceptances: dict[str, str] = field(default_factory=dict)  # idempotency key to token
    redeemed: dict[str, str] = field(default_factory=dict)  # reference to token
    orders: list[str] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    retries: int = 0
    refused: list[str] = field(default_factory=list)  # what no retry can mend: there must be none


class Stopped(Exception):
    """The run is over: what is not acknowledged by now was never promised."""


class Client(threading.Thread):
    """One shopper after the other; every tenth buys, and a shop system delivers the order of every tenth."""

    def __init__(
        self, first: int, port: int, acknowledged: Acknowledged, is_over: threading.Event, pause_s: Callable[[], float]
    ) -> None:
        super().__init__(daemon=True)
        self.pause_s = pause_s
        self.first = first
        self.port = port
        self.acknowledged = acknowledged
        self.is_over = is_over
        self.connection: HTTPConnection | None = None
        self.sample = json.loads(SAMPLE.read_bytes())
        self.random = random.Random(first)  # noqa: S311 -- pauses

    def run(self) -> None:
        """Go on until told to stop."""
        try:
            count = 0
            while True:
                self.visit(self.first + count, is_buyer=count % 10 == 0)
                count += 1
                self.is_over.wait(self.pause_s())
        except Stopped:
            return
        finally:
            self.hang_up()

    def visit(self, visitor: int, *, is_buyer: bool) -> None:
        """One shopper's requests."""
        decided = self.send("/v1/decide", json.loads(body(visitor)))
        events = events_of(decided)
        sent = {
            "key": "pk_bench",
            "visitor_id": decided["visitor_id"],
            "sent_at": datetime.now(UTC).isoformat(),
            "events": events,
        }
        answer = self.send("/v1/events", sent)
        if answer["accepted"] + answer["duplicates"] != BATCH:
            self.acknowledged.refused.append(f"events: {answer}")
        self.acknowledged.events += map(itemgetter("id"), events)
        if is_buyer:
            offered = next(filter(itemgetter("content"), decided["decisions"]), None)
            token = None
            if offered:
                token = self.accept(decided["visitor_id"], offered)
            self.order(visitor, decided["visitor_id"], token)
            self.deliver(visitor)

    def accept(self, visitor_id: str, decision: dict[str, Any]) -> str:
        """Accept the offer and redeem the token."""
        key = str(uuid4())
        asked = {"key": "pk_bench", "visitor_id": visitor_id, "idempotency_key": key}
        token: str = self.send("/v1/accept", asked | {"exposure_token": decision["exposure_token"]})["acceptance_token"]
        self.acknowledged.acceptances[key] = token
        reference = f"redeemed-{key}"
        self.send("/v1/acceptances/redeem", {"acceptance_token": token, "reference": reference}, is_server=True)
        self.acknowledged.redeemed[reference] = token
        return token

    def order(self, visitor: int, visitor_id: str, token: str | None) -> None:
        """The store's server sends the shopper's order."""
        now = datetime.now(UTC).isoformat()
        line = {"sku": "bench", "quantity": 1, "price_minor": ORDER_MINOR}
        sent = {
            **{"external_id": f"api-{visitor}", "visitor_id": visitor_id, "placed_at": now, "updated_at": now},
            **{"currency": "EUR", "subtotal_minor": ORDER_MINOR, "total_minor": ORDER_MINOR},
            "lines": [line | ({"acceptance_token": token} if token else {})],
        }
        self.send("/v1/orders", sent, is_server=True)
        self.acknowledged.orders.append(f"api-{visitor}")

    def deliver(self, visitor: int) -> None:
        """The shop system delivers an order of its own."""
        from checkout_widgets.webhooks.shop_systems.signatures import sign

        changes = {"id": visitor, "note_attributes": [], "customer": self.sample["customer"] | {"id": visitor}}
        content = json.dumps(self.sample | changes).encode()
        headers = {"X-Shopify-Topic": "orders/paid", "X-Shopify-Hmac-Sha256": sign(SECRET, content)}
        self.until_acknowledged("/v1/webhooks/shopify/bench", content, headers)
        self.acknowledged.deliveries.append(visitor)

    def send(self, path: str, content: dict[str, Any], *, is_server: bool = False) -> dict[str, Any]:
        """What the product answers in the end."""
        headers = {"Authorization": f"Bearer {SECRET_KEY}"} if is_server else dict(HEADERS)
        found: dict[str, Any] = json.loads(self.until_acknowledged(path, json.dumps(content).encode(), headers))
        return found

    def until_acknowledged(self, path: str, content: bytes, headers: dict[str, str]) -> bytes:
        """Send the same bytes until they are answered 200. Raises ``Stopped``."""
        while not self.is_over.is_set():
            try:
                if self.connection is None:
                    self.connection = HTTPConnection(HOST, self.port, timeout=ANSWER_WITHIN_S)
                self.connection.request("POST", path, body=content, headers=headers)
                answer = self.connection.getresponse()
                body = answer.read()
            except (OSError, HTTPException):
                self.hang_up()
            else:
                if answer.status == 200:
                    return body
                if answer.status < 500:
                    self.acknowledged.refused.append(f"{path}: {answer.status} {body[:200]!r}")
                    raise Stopped
            self.acknowledged.retries += 1
            time.sleep(self.random.uniform(0.05, 0.3))
        raise Stopped

    def hang_up(self) -> None:
        """Forget the connection: the next request makes another."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def no_pause() -> float:
    """Let the next shopper come at once."""
    return 0.0


class Clients:
    """Several at once, with what they were all told; ``pause_s`` says how long each waits for its next shopper."""

    def __init__(self, port: int, number: int, pause_s: Callable[[], float] = no_pause) -> None:
        run = int(time.time())  # so that no visitor, order or delivery is another run's
        self.is_over = threading.Event()
        # A list's append, a dictionary's assignment and += on a list are each one step under the interpreter's lock.
        self.acknowledged = Acknowledged()
        self.threads = []
        for index in range(number):
            first = (run * 100 + index) * 1_000_000
            self.threads.append(Client(first, port, self.acknowledged, self.is_over, pause_s))

    def __enter__(self) -> Acknowledged:
        for thread in self.threads:
            thread.start()
        return self.acknowledged

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(ANSWER_WITHIN_S + 5)
