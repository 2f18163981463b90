"""As much of an edge as a shop's plugin and pages ask, and the tokens that it signs."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

SECRET = "sk_rig_0123456789abcdef0123456789abcdef"
TOPICS = [
    *("order.created", "order.updated", "order.deleted", "order.restored"),
    *("product.created", "product.updated", "product.deleted", "product.restored"),
    "customer.deleted",
]


class Edge:
    """As much of an edge as the plugin and the pages ask.

    ``moments`` are open, None where it doesn't answer; it answers ``delay_s`` late. ``missing`` is why orders are,
    empty where none is, None where it doesn't answer the shop's server. ``other_site`` is connected, empty where none
    is. ``checks`` are said to a shop that connects. ``sent`` has what the shop's server sent.
    """

    def __init__(self) -> None:
        self.moments: list[str] | None = ["cart", "payment", "confirmation"]
        self.missing: str | None = ""
        self.other_site = ""
        self.checks: list[dict[str, Any]] = []
        self.delay_s = 0.0
        self.asked: list[str] = []
        self.sent: list[tuple[str, Any]] = []
        edge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                body = json.loads(text) if text.startswith("{") else text  # a webhook's ping is a form
                edge.sent.append((self.path, body))
                status, answer = edge.answer(self.path, body)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def do_GET(self) -> None:
                edge.asked.append(self.path)
                time.sleep(edge.delay_s)
                self.send_response(503 if edge.moments is None else 200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(json.dumps({"moments": edge.moments or [], "ttl_s": 60}).encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, body: Any) -> tuple[int, Any]:
        """What the shop's server hears: every order that it names is missing for the reason ``missing``."""
        if self.missing is None:
            return 503, {"error": {"code": "unavailable", "message": "Try again in a moment."}}
        if path.startswith("/v1/webhooks/"):
            return 200, {}
        if path == "/v1/connections/woocommerce":
            return self.connect(body)
        if path == "/v1/orders/missing":
            found = [{"id": order["id"], "reason": self.missing} for order in body["orders"] if self.missing]
            return 200, {"missing": found}
        if path == "/v1/visitors/export":
            return 200, {"tables": {"exposure": [body | {"device": "phone"}]}}
        if path == "/v1/visitors/erase":
            return 200, {"exposures": 1}
        return 404, {"error": {"code": "not_found", "message": "There is nothing here."}}

    def connect(self, body: Any) -> tuple[int, Any]:
        """Connect a site, or say that another one is connected."""
        if self.other_site and not body["replace_site"]:
            refusal = {"code": "other_site", "message": "Another site is connected.", "site_address": self.other_site}
            return 409, {"error": refusal}
        answer = {"store": "Tea", "webhook_path": "/v1/webhooks/woocommerce/tea", "webhook_secret": "hush"}
        return 200, answer | {"topics": TOPICS, "checks": self.checks}

    def constants(self) -> dict[str, str]:
        """What wp-config.php says of it."""
        return {"edge": self.url, "key": "pk_rig", "secret": SECRET}

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()


def acceptance(sku: str, quantity: int, total_minor: int, currency: str = "EUR", external_id: str = "") -> str:
    """The token of an offer that was accepted, as the edge signs it; an uneven total takes two lines."""
    price, dearer = divmod(total_minor, quantity)
    parts = [(quantity - dearer, price), (dearer, price + 1)]
    lines = [{"sku": sku, "external_id": external_id, "quantity": count, "price_minor": unit} for count, unit in parts]
    return signed([line for line in lines if line["quantity"]], currency=currency)


def signed(lines: list[dict[str, Any]], key: str = SECRET, **claims: Any) -> str:
    """The token of accepted lines."""
    expires_at = datetime.now(UTC) + timedelta(minutes=30)
    usual = {"iss": "offerlift", "exp": int(expires_at.timestamp()), "currency": "EUR"}
    return jwt.encode(usual | claims | {"lines": lines}, key, "HS256")
