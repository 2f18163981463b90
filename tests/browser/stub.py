"""Two small servers on 127.0.0.1: one plays the edge, one a shop's pages; the browser tests need no database."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
STUB = "<script{nonce}>window.upsell=window.upsell||function(){{(upsell.q=upsell.q||[]).push(arguments)}}</script>"
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#d5e0f0"/>'
    '<circle cx="48" cy="44" r="20" fill="#8fa6c4"/></svg>'
)

LAYOUT_PARTS = {
    "bump": "bump",
    "bundle": "bundle",
    "comparison": "comparison",
    "dialog": "dialog",
    "free_shipping": "free_shipping",
    "quantity_break": "quantity_break",
}
MOMENT_PARTS = {"exit_intent": "dialog", "payment": "checkout_steps", "shipping": "checkout_steps"}
PART = re.compile(r"/s/(upsell_\w+)-([0-9a-f]{16})\.js")

MESSAGES = {
    "close": "Close",
    "added": "Added to your order.",
    "removed": "Removed from your order.",
    "total": "Your new total is {total}.",
    "not_removed": "That did not work. It is still in your order.",
    "failed": "That did not work. Your order is unchanged.",
}


@dataclass
class Reply:
    """What the server sends back."""

    body: str
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """What the server was sent."""

    method: str
    path: str
    query: dict[str, str]
    body: str
    headers: Message


class Server:
    """A threaded server whose replies come from ``reply``; without one it hangs up."""

    def __init__(self, reply: Callable[[Call], Reply | None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def respond(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                path, _, query = self.path.partition("?")
                body = self.rfile.read(length).decode()
                answer = reply(Call(self.command, path, dict(parse_qsl(query)), body, self.headers))
                if answer is None:
                    self.close_connection = True
                    return
                data = answer.body.encode()
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.content_type)
                    self.send_header("Content-Length", str(len(data)))
                    self.send_header("Access-Control-Allow-Origin", "*")
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # the page has gone

            do_GET = do_POST = do_OPTIONS = respond

            def log_message(self, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


def euros(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR", "text": f"€{minor / 100:.2f}"}


def reference(name: str) -> dict[str, str]:
    """Where a part of the snippet is, and what its bytes are."""
    code = (DIST / f"upsell_{name}.js").read_bytes()
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(code).digest()).decode()
    return {"name": f"upsell_{name}", "digest": hashlib.sha256(code).hexdigest()[:16], "integrity": integrity}


def parts_of(moment: str, shown: dict[str, Any] | None) -> list[dict[str, str]]:
    """The parts that a decision names, as the edge names them."""
    layout = shown["layout"] if shown else ""
    names = {"card", MOMENT_PARTS.get(moment, "card"), LAYOUT_PARTS.get(layout, "card")}
    if shown and "next" in shown:
        names.add("sequence")
    return [reference(name) for name in sorted(names)]


def content(**fields: Any) -> dict[str, Any]:
    """The content of a widget, as the edge sends it."""
    defaults = {
        "layout": "card",
        "headline": "Leather care balm, 75 ml",
        "body": "",
        "reason": "Keeps the boots in your cart waterproof through the first winter.",
        "proof": "",
        "items": [{"sku": "23084", "title": "Leather care balm, 75 ml", "quantity": 1, "price": euros(990)}],
        "price": euros(990),
        "compare_at": euros(1250),
        "saving_text": "you save €2.60",
        "deadline_at": None,
        "stock": None,
        "terms_url": None,
        "accept_label": "Add for €9.90",
        "decline_label": "No thanks",
        "direction": "ltr",
        "theme": {},
        "messages": MESSAGES,
    }
    return defaults | fields


def decision(moment: str = "cart", **fields: Any) -> dict[str, Any]:
    """A treatment decision; ``content=None`` makes it a control's."""
    kind = "exit_intent" if moment == "exit_intent" else "slot_visible"
    defaults = {
        "moment": moment,
        "experiment": f"{moment}-test",
        "variant": "treatment",
        "rollout": False,
        "trigger": {"kind": kind},
        "exposure_token": f"token-{moment}",
        "content": content(layout="dialog" if moment == "exit_intent" else "card"),
    }
    given: dict[str, Any] = defaults | fields
    return {"parts": parts_of(moment, given["content"])} | given


def control(moment: str = "cart", **fields: Any) -> dict[str, Any]:
    return decision(moment, variant="control", content=None, **fields)


class Edge:
    """Plays the edge API: records what it gets, answers what the test has set."""

    def __init__(self) -> None:
        self.decisions: list[dict[str, Any]] = [decision()]
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.delays: dict[str, float] = {}
        self.replies: dict[str, list[Reply]] = {}  # used up one by one, before the usual ones
        self.server = Server(self.reply)
        self.url = self.server.url

    def reply(self, call: Call) -> Reply:
        path = call.path
        part = PART.fullmatch(path)
        script = DIST / (f"{part[1]}.js" if part else path.removeprefix("/s/"))
        if path.startswith("/s/") and script.is_file():
            return Reply(script.read_text(), "text/javascript; charset=utf-8")
        if path.startswith("/images/"):
            return Reply(PICTURE, "image/svg+xml")
        arrived = (call.method, path, json.loads(call.body) if call.body else {})
        time.sleep(self.delays.get(path, 0))
        planned = self.replies.get(path)
        answer = planned.pop(0) if planned else self.usual(path, arrived[2])
        self.requests.append(arrived)
        return answer

    def usual(self, path: str, body: dict[str, Any]) -> Reply:
        if path == "/v1/decide":
            # the store's question stands on the page where the order is confirmed
            asked = {"question" if moment == "confirmation" else moment for moment in body["moments"]}
            asked.update(body["moments"])
            chosen = [decision for decision in self.decisions if decision["moment"] in asked]
            answer = {"visitor_id": body["visitor_id"], "ttl_s": 300, "enabled": True, "decisions": chosen}
        elif path == "/v1/events":
            answer = {"accepted": len(body["events"]), "duplicates": 0, "rejected": []}
        elif path == "/v1/answers":
            answer = {"tag": body["tag"]}
        elif path == "/v1/accept":
            lines = [{"sku": "23084", "quantity": 1, "price_minor": 990}]
            answer = {"acceptance_token": "signed", "currency": "EUR", "total_minor": 990, "lines": lines}
            answer["parts"] = [reference("kept")]
        else:
            return Reply('{"error": {"code": "not_found", "message": ""}}', status=404)
        return Reply(json.dumps(answer))

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The bodies that were posted to this path, in order of arrival."""
        return [body for _, sent_to, body in self.requests if sent_to == path]

    def events(self) -> list[dict[str, Any]]:
        """What was sent, but for times in view, which come whenever a page is hidden."""
        return [event for event in self.all_events() if event["type"] != "view"]

    def views(self) -> list[dict[str, Any]]:
        """What pages told of how long widgets were in view, in order, each once."""
        by_id = {event["id"]: event for event in self.all_events() if event["type"] == "view"}
        return [by_id[name] for name in sorted(by_id)]

    def all_events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies("/v1/events") for event in body["events"]]

    def event_types(self) -> list[str]:
        """Types in the order in which they happened."""
        return [event["type"] for event in sorted(self.events(), key=lambda event: event["id"])]


class Shop:
    """Serves the pages that a test puts on it, and links to one edge."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.pages: dict[str, Reply] = {}
        self.server = Server(self.reply)
        self.url = self.server.url

    def reply(self, call: Call) -> Reply | None:
        return self.pages.get(call.path, Reply("", "text/html", 404))

    def script(self, attributes: str = "", nonce: str = "") -> str:
        """The two tags that a store embeds."""
        given = f' nonce="{nonce}"' if nonce else ""
        source = f"{self.edge.url}/s/upsell.js"
        return (
            STUB.format(nonce=given) + f'<script async src="{source}" data-key="pk_test"{given} {attributes}></script>'
        )

    def put(
        self,
        path: str = "/cart",
        *,
        head: str | None = None,
        body: str = '<div data-upsell-slot="cart" style="min-height:200px"></div>',
        call: str = "upsell('page', {cart: {currency: 'EUR', total_minor: 6670, items: []}})",
        style: str = "",
        nonce: str = "",
        headers: dict[str, str] | None = None,
    ) -> str:
        """Put a page with this content on the shop and return its address."""
        given = f' nonce="{nonce}"' if nonce else ""
        html = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f"<style{given}>body{{margin:24px;font:16px/1.5 sans-serif}}{style}</style>"
            f"{self.script(nonce=nonce) if head is None else head}</head>"
            f"<body><main><h1>Your cart</h1>{body}<p id=after>Checkout</p><button id=buy>Buy</button></main>"
            f"<script{given}>{call}</script></body></html>"
        )
        self.pages[path] = Reply(html, "text/html; charset=utf-8", headers=headers or {})
        return self.url + path


@contextmanager
def running() -> Iterator[tuple[Edge, Shop]]:
    """Both servers, closed at the end."""
    edge = Edge()
    shop = Shop(edge)
    try:
        yield edge, shop
    finally:
        edge.server.close()
        shop.server.close()
