"""A fake edge for integrators' tests: on 127.0.0.1, without a database and without anything to install.

It gives everybody one variant, signs what is accepted, and keeps what it was told. It answers your server's calls
(decide, accept, redeem, orders); with ``scripts``, the folder of the snippet's files, it serves the snippet too::

    with FakeEdge(variant="treatment", secret_key="sk_test") as edge:
        ...  # your shop, with edge.url as the edge's address
        assert edge.orders[0]["external_id"] == "5501"
"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

Json = dict[str, Any]
SCRIPT = re.compile(r"/s/(\w+?)(?:-[0-9a-f]{16})?\.js")
TRIGGERS = {
    "cart": "slot_visible",
    "shipping": "delivery_chosen",
    "payment": "payment_step",
    "exit_intent": "exit_intent",
    "confirmation": "order_placed",
}
MOMENT_PARTS = {"exit_intent": "dialog", "payment": "checkout_steps", "shipping": "checkout_steps"}
OWN_PARTS = ("bump", "bundle", "comparison", "dialog", "free_shipping", "quantity_break")
MAX_BYTES = 500_000  # as the edge takes of an order
LIFETIME_S = 1800


def euros(minor: int) -> Json:
    """Return an amount as the edge writes it."""
    return {"minor": minor, "currency": "EUR", "text": f"€{minor / 100:.2f}"}


# The offer that is shown where a test asks for no other.
OFFER: Json = {
    "layout": "card",
    "headline": "Leather care balm, 75 ml",
    "body": "",
    "reason": "Keeps the boots in your cart waterproof.",
    "proof": "",
    "items": [
        {
            "sku": "23084",
            "title": "Leather care balm, 75 ml",
            "quantity": 1,
            "image_url": None,
            "price": euros(990),
            "compare_at": euros(1250),
        }
    ],
    "price": euros(990),
    "compare_at": euros(1250),
    "saving_text": "You save €2.60",
    "deadline_at": None,
    "deadline_text": "",
    "stock": None,
    "stock_text": "",
    "terms_url": None,
    "terms_label": "",
    "accept_label": "Add for €9.90",
    "decline_label": "No thanks",
    "direction": "ltr",
    "theme": {},
    "messages": {
        "close": "Close",
        "added": "Added to your order.",
        "removed": "Removed from your order.",
        "total": "Your new total is {total}.",
        "not_removed": "That did not work. It is still in your order.",
        "failed": "That did not work. Your order is unchanged.",
        "out_of_stock": "Sold out. Your order is unchanged.",
    },
}


# What every call of a path needs: the field, its type, and what that is called.
REQUIRED: dict[str, list[tuple[str, type, str]]] = {
    "/v1/decide": [("moments", list, "a list")],
    "/v1/events": [("events", list, "a list of objects")],
    "/v1/accept": [("exposure_token", str, "text")],
    "/v1/acceptances/redeem": [("acceptance_token", str, "text")],
    "/v1/orders": [("external_id", str, "text"), ("lines", list, "a list of objects")],
    "/v1/convert": [("order", dict, "an object")],
}


class Refused(Exception):
    """What the edge refuses: a status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def require_fields(path: str, body: object) -> None:
    """Refuse a body without what every call of this path needs, as the real edge does."""
    if not isinstance(body, dict):
        raise Refused(400, "bad_field", "The body must be an object.")
    for field, kind, name in REQUIRED.get(path, []):
        value = body.get(field)
        is_right = isinstance(value, kind) and (kind is not str or value != "")
        if is_right and name == "a list of objects":
            is_right = all(isinstance(item, dict) for item in value)
        if not is_right:
            raise Refused(400, "bad_field", f"{field} must be {name}.")


class FakeEdge:
    """An edge that runs while the ``with`` block does.

    ``events``, ``orders`` and ``requests`` (method, path and body) hold what it was told; test orders are in
    ``requests`` alone.
    """

    # Options of a test, each with a default; keyword-only fields of a dataclass would need Python 3.10.
    def __init__(  # noqa: PLR0913
        self,
        *,
        variant: str = "treatment",
        moments: tuple[str, ...] = ("cart",),
        experiment: str = "fake-test",
        content: Json | None = None,
        secret_key: str = "sk_fake",  # noqa: S107 - nothing is kept from anybody here
        store: str = "shop",
        scripts: Path | str | None = None,
        port: int = 0,
        arms: tuple[str, ...] = (),
        next: dict[str, Json] | None = None,
    ) -> None:
        self.variant = variant
        self.moments = moments
        self.experiment = experiment
        self.content: Json = {**copy.deepcopy(OFFER), **(content or {})}
        self.secret_key = secret_key
        self.store = store
        self.scripts = Path(scripts) if scripts else None
        self.port = port
        self.arms = arms
        self.next: Json = {}
        for step, changes in (next or {}).items():
            self.next[step] = {**copy.deepcopy(OFFER), **changes}
        self.events: list[Json] = []
        self.orders: list[Json] = []
        self.requests: list[tuple[str, str, Json]] = []
        self.refusals: list[tuple[str, int, str]] = []
        self.redeemed: dict[str, str] = {}
        self.endpoints = {
            "POST /v1/decide": self.decide,
            "GET /v1/moments": self.open_moments,
            "POST /v1/events": self.keep_events,
            "POST /v1/accept": self.accept,
            "POST /v1/acceptances/redeem": self.redeem,
            "POST /v1/orders": self.keep_order,
            "POST /v1/convert": self.keep_claim,
        }

    def __enter__(self) -> FakeEdge:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler_of(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def refuse(self, path: str, status: int, code: str) -> None:
        """Refuse the next call of this path, such as ``refuse("/v1/accept", 409, "out_of_stock")``."""
        self.refusals.append((path, status, code))

    def answer(self, method: str, path: str, text: bytes) -> tuple[int, Json]:
        """Return the status and the body of the answer to a call."""
        if method == "OPTIONS":
            return 200, {}
        try:
            return 200, self.called(method, path, text)
        except Refused as refused:
            return refused.status, {"error": {"code": refused.code, "message": str(refused)}}

    def called(self, method: str, path: str, text: bytes) -> Json:
        """Keep the call and answer it. Raises ``Refused``."""
        endpoint = self.endpoints.get(f"{method} {path}")
        if endpoint is None:
            raise Refused(404, "not_found", f"There is nothing at {method} {path}.")
        try:
            body: Json = json.loads(text or b"{}")
        except ValueError:
            raise Refused(400, "bad_json", "The body is not JSON.") from None
        self.requests.append((method, path, body))
        for planned in self.refusals:
            if planned[0] == path:
                self.refusals.remove(planned)
                raise Refused(planned[1], planned[2], "Refused, as the test has asked.")
        require_fields(path, body)
        return endpoint(body)

    def open_moments(self, body: Json) -> Json:
        """Answer ``GET /v1/moments``."""
        return {"moments": list(self.moments), "ttl_s": 60}

    def decide(self, body: Json) -> Json:
        """Answer ``POST /v1/decide`` with the one variant."""
        visitor_id = body.get("visitor_id") or f"v_{secrets.token_hex(8)}"
        decisions = [self.decision(moment, visitor_id) for moment in body["moments"]]
        return {"visitor_id": visitor_id, "ttl_s": 300, "enabled": True, "offers_left": 2, "decisions": decisions}

    def decision(self, moment: str, visitor_id: str) -> Json:
        """Return what is to be done at a moment."""
        nothing = dict.fromkeys(("experiment", "variant", "trigger", "exposure_token", "content"))
        if moment not in self.moments:
            return {"moment": moment, "rollout": False, **nothing, "reason": "no_experiment"}
        trigger = None
        if moment in TRIGGERS:
            trigger = {"kind": TRIGGERS[moment]}
        decision = {
            "moment": moment,
            "experiment": self.experiment,
            "variant": self.variant,
            "rollout": False,
            "trigger": trigger,
            "exposure_token": f"fake.{moment}.{visitor_id}",
        }
        if self.arms:
            page = {"test": self.experiment, "arm": self.variant, "arms": list(self.arms)}
            return {**decision, "content": None, "page": page, "parts": []}
        content = None
        if self.variant != "control":
            content = self.content_at(moment)
        return {**decision, "content": content, "parts": self.parts_at(moment)}

    def content_at(self, moment: str) -> Json:
        """Return what is shown at a moment: the exit offer is a dialog, and a sequence goes on after the order."""
        if moment == "confirmation" and self.next:
            return {**self.content, "next": self.next}
        if moment == "exit_intent":
            return {**self.content, "layout": "dialog"}
        return self.content

    def parts_at(self, moment: str) -> list[Json]:
        """Return the snippet's parts that the offer needs; none where no scripts are served."""
        if self.scripts is None:
            return []
        shown = self.content_at(moment)
        names = {"card", MOMENT_PARTS.get(moment, "card")}
        if "next" in shown:
            names.add("sequence")
        for step in (shown, *shown.get("next", {}).values()):
            if step["layout"] in OWN_PARTS:
                names.add(step["layout"])
        return [self.part(f"upsell_{name}") for name in sorted(names)]

    def part(self, name: str) -> Json:
        """Return where a part is, and what its bytes are."""
        code = self.code_of(name)
        integrity = "sha384-" + base64.b64encode(hashlib.sha384(code).digest()).decode()
        return {"name": name, "digest": hashlib.sha256(code).hexdigest()[:16], "integrity": integrity}

    def code_of(self, name: str) -> bytes:
        """Return a script of the snippet. Raises ``Refused`` where there is none of that name."""
        file = self.scripts and self.scripts / f"{name}.js"
        if not file or not file.is_file():
            raise Refused(404, "not_found", "There is no script of that name.")
        return file.read_bytes()

    def keep_events(self, body: Json) -> Json:
        """Answer ``POST /v1/events``."""
        for event in body["events"]:
            self.events.append({**event, "visitor_id": body["visitor_id"]})
        return {"accepted": len(body["events"]), "duplicates": 0, "rejected": []}

    def keep_order(self, body: Json) -> Json:
        """Answer ``POST /v1/orders``; a test order is understood, and never one of ``orders``."""
        receipt = self.receipt_of(body)
        if body.get("test"):
            return {**receipt, "test": True, "understood": self.understood(body)}
        self.orders.append(body)
        return receipt

    def receipt_of(self, order: Json) -> Json:
        """Return what the edge says of every order: whether it is new, whose it is, and what doesn't count in it."""
        known = {earlier.get("external_id") for earlier in self.orders}
        receipt: Json = {
            "order": order["external_id"],
            "created": order["external_id"] not in known,
            "visitor_matched": bool(order.get("visitor_id")),
        }
        if order.get("test") or order.get("status") == "pending":
            receipt["counts"] = False
        rejected = []
        for index, line in enumerate(order["lines"]):
            if self.code_of_token(line):
                rejected.append({"index": index, "code": "bad_token"})
        if rejected:
            receipt["rejected"] = rejected
        return receipt

    def understood(self, order: Json) -> Json:
        """Return what the edge would make of a test order."""
        lines = [self.understood_line(line) for line in order["lines"]]
        discount = order.get("discount_minor")
        if discount is None:
            discount = sum(line["discount_minor"] for line in lines)
        reason = self.reason_not_to_count(order)
        return {
            "status": order.get("status", "paid"),
            "currency": order.get("currency", "EUR"),
            "goods_minor": order.get("subtotal_minor", 0) - discount,
            "tax_minor": order.get("tax_minor", 0),
            "shipping_minor": order.get("shipping_minor", 0),
            "total_minor": order.get("total_minor", 0),
            "visitor_id": order.get("visitor_id") or "",
            "customer_id": order.get("customer_id") or "",
            "lines": lines,
            "would_count": not reason,
            "reason": reason,
        }

    def understood_line(self, line: Json) -> Json:
        """Return a line of a test order. There is no catalog here, so every SKU is known."""
        rejected = self.code_of_token(line)
        experiment = ""
        if line.get("acceptance_token") and not rejected:
            experiment = self.verified(line["acceptance_token"])["experiment"]
        return {
            "sku": line["sku"],
            "quantity": line["quantity"],
            "price_minor": line["price_minor"],
            "discount_minor": line.get("discount_minor", 0),
            "known": True,
            "experiment": experiment,
            "rejected": rejected,
        }

    def code_of_token(self, line: Json) -> str:
        """Return why a line's acceptance token doesn't count; empty where it does, and where there is none."""
        if not line.get("acceptance_token"):
            return ""
        try:
            self.verified(line["acceptance_token"])
        except Refused as refused:
            return refused.code
        return ""

    def reason_not_to_count(self, order: Json) -> str:
        """Return why an order like this would count for no test; empty where it would."""
        status = order.get("status", "paid")
        if status in ("pending", "cancelled"):
            return {"pending": "unpaid", "cancelled": "cancelled"}[status]
        if order.get("repeat_kind"):
            return str(order["repeat_kind"])
        visitor_id = order.get("visitor_id")
        if not visitor_id:
            return "no_visitor"
        exposed = {event["visitor_id"] for event in self.events if event["type"] == "exposure"}
        if visitor_id not in exposed:
            return "not_exposed"
        return ""

    def keep_claim(self, body: Json) -> Json:
        """Answer ``POST /v1/convert``."""
        self.orders.append(body)
        return {"order": str(body["order"]["id"]), "recorded": True}

    def accept(self, body: Json) -> Json:
        """Answer ``POST /v1/accept``, signed as the edge signs."""
        quantity, step = body.get("quantity", 1), body.get("step")
        offered = self.offered_at(step)
        tier = tier_of(offered, quantity)
        price = (tier or offered)["price"]
        accepted = {
            "currency": price["currency"],
            "total_minor": price["minor"],
            "quantity": quantity,
            "lines": [accepted_line(item, tier) for item in offered["items"]],
        }
        now = int(time.time())
        expires_at = datetime.fromtimestamp(now + LIFETIME_S, timezone.utc)  # noqa: UP017 - Python 3.9 has no UTC
        claims = {
            "iss": "offerlift",
            "aud": self.store,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + LIFETIME_S,
            "sub": body["visitor_id"],
            "experiment": self.experiment,
            "variant": self.variant,
            "offer": "fake-offer",
            **accepted,
        }
        if step:
            claims["step"] = step
        return {
            "acceptance_token": self.sign(claims),
            "expires_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "decimals": 2,
            "parts": [self.part("upsell_kept")] if self.scripts else [],
            **accepted,
        }

    def offered_at(self, step: str | None) -> Json:
        """Return what is offered first, or at a step of a sequence. Raises ``Refused``."""
        if not step:
            return self.content
        if step not in self.next:
            raise Refused(400, "bad_field", f"Nothing was offered at the step {step!r}.")
        return dict(self.next[step])

    def redeem(self, body: Json) -> Json:
        """Answer ``POST /v1/acceptances/redeem``: once, or again for the same reference."""
        claims = self.verified(body["acceptance_token"])
        reference = body.get("reference") or ""
        before = self.redeemed.get(claims["jti"])
        if before is not None and (before != reference or not reference):
            raise Refused(409, "already_redeemed", "The acceptance has already been redeemed.")
        self.redeemed[claims["jti"]] = reference
        return claims

    def sign(self, claims: Json) -> str:
        """Return the claims as a JSON Web Token, HS256 (RFC 7519)."""
        signed = encoded({"alg": "HS256", "typ": "JWT"}) + "." + encoded(claims)
        digest = hmac.new(self.secret_key.encode(), signed.encode(), hashlib.sha256).digest()
        return signed + "." + unpadded(digest)

    def verified(self, token: str) -> Json:
        """Return what one of this edge's tokens says. Raises ``Refused`` for any other."""
        try:
            payload = token.split(".")[1]
            claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, IndexError):
            claims = {}
        if not claims or not hmac.compare_digest(self.sign(claims).encode(), token.encode()):
            raise Refused(401, "bad_token", "The token is not one of this edge.")
        return claims


def tier_of(offered: Json, quantity: int) -> Json | None:
    """Return the tier of this quantity, where the offer has one."""
    for tier in offered.get("tiers", []):
        if tier["quantity"] == quantity:
            return dict(tier)
    return None


def accepted_line(item: Json, tier: Json | None) -> Json:
    """Return a line to put into the order, priced per unit."""
    quantity, price = item["quantity"], item["price"]
    if tier:
        quantity, price = tier["quantity"], tier["price"]
    return {"sku": item["sku"], "quantity": quantity, "price_minor": price["minor"] // quantity}


def encoded(value: Json) -> str:
    """Return a value as a part of a token."""
    return unpadded(json.dumps(value, separators=(",", ":")).encode())


def unpadded(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def handler_of(edge: FakeEdge) -> type[BaseHTTPRequestHandler]:
    """Return what answers the edge's requests."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MAX_BYTES)
            text = self.rfile.read(length)
            path = self.path.partition("?")[0]
            script = SCRIPT.fullmatch(path)
            kind = "application/json"
            try:
                if script:
                    status, body, kind = 200, edge.code_of(script[1]), "text/javascript; charset=utf-8"
                else:
                    status, answer = edge.answer(self.command, path, text)
                    body = json.dumps(answer).encode()
            except Refused as refused:
                status, body = refused.status, b"{}"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_OPTIONS = respond

        def log_message(self, *args: Any) -> None:
            """Say nothing: the test's output is the test's."""

    return Handler
