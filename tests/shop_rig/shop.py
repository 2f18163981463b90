"""A real WooCommerce shop that a rig has made on this machine, and a shopper who visits it as a browser does.

From the environment: ``RIG`` is the rig's script, ``RIG_VAR`` the folder of its shop, which is up. ``RIG_PLUGINS``,
where it is set, is a folder with plugins of others, each in a folder of its own name as WordPress installs it.
"""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import jwt
import pytest

SECRET = "sk_rig_0123456789abcdef0123456789abcdef"
ADDRESSES = {
    "DE": {"state": "DE-BE", "postcode": "10115"},
    "FR": {"state": "", "postcode": "75001"},
    "CH": {"state": "ZH", "postcode": "8000"},
}
TIMEOUT_S = 120


class Shop:
    """The rig's commands, PHP in its WordPress, and its settings."""

    def __init__(self) -> None:
        self.script = Path(os.environ["RIG"]).resolve()
        self.var = Path(os.environ["RIG_VAR"]).resolve()
        self.url: str = json.loads((self.var / "settings.json").read_text())["url"]
        self.keys = self.var / "offerlift.json"
        self.log = self.var / "php.log"

    @staticmethod
    def is_there() -> bool:
        """Whether the environment names a rig whose shop was made."""
        return "RIG" in os.environ and Path(os.environ.get("RIG_VAR", "")).joinpath("ready").is_file()

    def run(self, *words: str) -> list[dict[str, Any]]:
        """Do a command of the rig; what it says in JSON."""
        result = subprocess.run([self.script, *words], capture_output=True, text=True, timeout=600)
        if result.returncode:
            raise RuntimeError(f"rig {' '.join(words)}: {result.stdout}{result.stderr}")
        return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]

    def php(self, code: str) -> Any:
        """The value of an expression, or of code that returns one, in a process of WordPress' own."""
        body = code if "return" in code else f"return {code};"
        boot = f"require {json.dumps(str(self.script.parent / 'php' / 'boot.php'))};"
        script = f'{boot} $value = (function () {{ {body} }})(); echo "\\n=>", json_encode($value);'
        result = subprocess.run(["php", "-r", script], capture_output=True, text=True, timeout=TIMEOUT_S)
        printed, arrow, value = result.stdout.rpartition("\n=>")
        if result.returncode or not arrow or printed.strip():
            raise RuntimeError(f"{code}\n{result.stdout}{result.stderr}")
        return json.loads(value)

    def set_options(self, **options: str) -> None:
        """Change settings of WooCommerce; prices are kept with their tax, so those are let go."""
        named = json.dumps({f"woocommerce_{name}": value for name, value in options.items()})
        self.php(
            f"foreach (json_decode('{named}', true) as $name => $value) {{ update_option($name, $value); }}"
            "WC_Cache_Helper::get_transient_version('product', true); return 1;"
        )

    @contextmanager
    def options(self, **options: str) -> Iterator[None]:
        """Change settings of WooCommerce for a while."""
        names = json.dumps(list(options))
        before = self.php(f'$b = []; foreach ({names} as $n) {{ $b[$n] = get_option("woocommerce_$n"); }} return $b;')
        self.set_options(**options)
        try:
            yield
        finally:
            self.set_options(**before)

    @contextmanager
    def wordpress_options(self, **options: Any) -> Iterator[None]:
        """Change options by their whole names for a while; None is an option that isn't there."""
        names = json.dumps(list(options))
        before = self.php(f"$b = []; foreach ({names} as $n) {{ $b[$n] = get_option($n, null); }} return $b;")
        self._write_options(options)
        try:
            yield
        finally:
            self._write_options(before)

    def _write_options(self, options: Mapping[str, Any]) -> None:
        named = json.dumps(options).replace("\\", "\\\\").replace("'", "\\'")
        self.php(
            f"foreach (json_decode('{named}', true) as $name => $value) {{"
            " $value === null ? delete_option($name) : update_option($name, $value); } return 1;"
        )

    @contextmanager
    def constants(self, values: Mapping[str, str]) -> Iterator[None]:
        """Define the plugin's constants for a while, by the ends of their names in lower case."""
        before = self.keys.read_text() if self.keys.exists() else None
        self.keys.write_text(json.dumps(dict(values)))
        try:
            yield
        finally:
            self.keys.unlink()
            if before is not None:
                self.keys.write_text(before)

    @contextmanager
    def mu_plugin(self, name: str, code: str) -> Iterator[None]:
        """Run PHP in each request for a while, before all plugins."""
        file = self.var / "shop" / "wp-content" / "mu-plugins" / f"{name}.php"
        file.write_text(f"<?php {code}")
        try:
            yield
        finally:
            file.unlink()

    @property
    def plugins(self) -> Path:
        """Where the shop's plugins are."""
        return self.var / "shop" / "wp-content" / "plugins"

    @contextmanager
    def plugin(self, name: str) -> Iterator[None]:
        """Have somebody else's plugin in the shop for a while. Skips the test where ``RIG_PLUGINS`` doesn't have it."""
        source = Path(os.environ.get("RIG_PLUGINS", "")) / name
        if "RIG_PLUGINS" not in os.environ or not source.is_dir():
            pytest.skip(f"RIG_PLUGINS has no {name}")
        shutil.copytree(source, self.plugins / name, dirs_exist_ok=True)
        file = self.php(f"array_key_first(get_plugins('/{name}'))")
        try:
            assert self.php(f"activate_plugin('{name}/{file}')") is None
            yield
        finally:
            self.php(f"deactivate_plugins('{name}/{file}'); return 1;")
            shutil.rmtree(self.plugins / name)

    @contextmanager
    def no_complaints(self) -> Iterator[None]:
        """Nothing that happens here makes PHP write of the plugin, or of an end, into its log.

        WordPress itself complains there that it can't reach its updates.
        """
        before = len(self.log.read_text()) if self.log.exists() else 0
        yield
        written = self.log.read_text()[before:] if self.log.exists() else ""
        assert [line for line in written.splitlines() if re.search("offerlift|Fatal|Uncaught", line)] == []


@contextmanager
def shortcode_pages(shop: Shop) -> Iterator[dict[str, Any]]:
    """Cart and checkout of shortcodes for a while in the place of the blocks', as themes without blocks have them."""
    pages = shop.php(
        "$ids = []; foreach (['cart', 'checkout'] as $name) {"
        ' $content = "<!-- wp:shortcode -->[woocommerce_$name]<!-- /wp:shortcode -->";'
        ' $page = get_page_by_path("classic-$name");'
        " $ids[$name] = $page ? $page->ID : wp_insert_post(['post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => \"Classic $name\", 'post_name' => \"classic-$name\", 'post_content' => $content]); }"
        " return $ids;"
    )
    with shop.options(cart_page_id=str(pages["cart"]), checkout_page_id=str(pages["checkout"])):
        shop.php("flush_rewrite_rules()")
        yield pages
    shop.php("flush_rewrite_rules()")


class Edge:
    """As much of an edge as the plugin and the pages ask.

    ``moments`` are open, None where it doesn't answer; it answers ``delay_s`` late. ``missing`` is why orders are,
    empty where none is, None where it doesn't answer the shop's server. ``other_site`` is connected, empty where none
    is. ``sent`` has what the shop's server sent.
    """

    def __init__(self) -> None:
        self.moments: list[str] | None = ["cart", "payment", "confirmation"]
        self.missing: str | None = ""
        self.other_site = ""
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
            return 200, {"tables": {"exposure": [{"visitor_id": body["visitor_id"], "device": "phone"}]}}
        if path == "/v1/visitors/erase":
            return 200, {"exposures": 1}
        return 404, {"error": {"code": "not_found", "message": "There is nothing here."}}

    def connect(self, body: Any) -> tuple[int, Any]:
        """Connect a site, or say that another one is connected."""
        if self.other_site and not body["replace_site"]:
            refusal = {"code": "other_site", "message": "Another site is connected.", "site_address": self.other_site}
            return 409, {"error": refusal}
        topics = ["order.created", "order.updated", "order.deleted", "order.restored"]
        answer = {"store": "Tea", "webhook_path": "/v1/webhooks/woocommerce/tea", "webhook_secret": "hush"}
        return 200, answer | {"topics": topics, "checks": []}

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
    expires_at = datetime.now(UTC) + timedelta(minutes=30)
    claims = {"iss": "offerlift", "exp": int(expires_at.timestamp()), "currency": currency}
    return jwt.encode(claims | {"lines": [line for line in lines if line["quantity"]]}, SECRET, "HS256")


class Visitor:
    """Somebody with a browser: pages and the Store API share its cookies."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.nonce = ""
        self.headers = Message()

    def get(self, path: str, data: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a page; with ``data`` a form is sent."""
        body = urlencode(data).encode() if data is not None else None
        return self._open(Request(self.shop.url + path, data=body))

    def press(self, what: str, **fields: str) -> str:
        """Press a button of the plugin's settings page, as an administrator who has logged in; the page then."""
        page = self.get("/wp-admin/admin.php?page=offerlift")[1]
        nonce = found(r'name="_wpnonce" value="(\w+)"', page)
        form = {"action": "offerlift_save", "_wpnonce": nonce, "what": what}
        return self.get("/wp-admin/admin-post.php", form | fields)[1]

    def log_in(self) -> None:
        """Become the shop's administrator."""
        self.get("/wp-login.php")
        self.get("/wp-login.php", {"log": "admin", "pwd": "admin", "testcookie": "1"})

    def api(self, path: str, body: Any = None) -> Any:
        """Call the Store API as the adapter does."""
        if not self.nonce and path != "cart":
            self.api("cart")
        headers = {"Content-Type": "application/json", "Nonce": self.nonce}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.shop.url}/wp-json/wc/store/v1/{path}", data=data, headers=headers)
        status, text = self._open(request)
        if status >= 400:
            raise RuntimeError(f"{path}: {status} {text[:400]}")
        return json.loads(text)

    def live_in(self, country: str) -> Any:
        """Enter an address; the cart that it makes."""
        return self.api(
            "cart/update-customer", {"billing_address": address(country), "shipping_address": address(country)}
        )

    def add(self, product: int, quantity: int = 1, token: str = "") -> Any:
        """Put a product into the cart, as accepted where there is a token; the cart then."""
        body = {"id": product, "quantity": quantity} | ({"offerlift_acceptance": token} if token else {})
        return self.api("cart/add-item", body)

    def introduce(self, visitor_id: str) -> Message:
        """Tell the shop who this is, as the adapter does; the answer's headers."""
        data = {"visitor": visitor_id, "assignments": {"cart-mug": "treatment"}}
        self.api("cart/extensions", {"namespace": "offerlift", "data": data})
        return self.headers

    def page(self, path: str) -> tuple[Message, str]:
        """Headers and text of a page."""
        html = self.get(path)[1]
        return self.headers, html

    def set_cookie(self, name: str, value: str) -> None:
        """Have a cookie that no answer has set."""
        given: dict[str, Any] = {"version": 0, "name": name, "value": value, "port": None, "port_specified": False}
        given |= {"domain": "127.0.0.1", "domain_specified": False, "domain_initial_dot": False, "path": "/"}
        given |= {"path_specified": True, "secure": False, "expires": None, "discard": True}
        self.cookies.set_cookie(Cookie(**given, comment=None, comment_url=None, rest={}))

    @staticmethod
    def now() -> int:
        """The time in seconds, as cookies count it."""
        return int(time.time())

    def order(self, country: str = "DE", **more: Any) -> int:
        """Buy what is in the cart, in the block checkout; the order's id."""
        body = {"billing_address": address(country), "shipping_address": address(country), "payment_method": "cod"}
        body |= more
        placed: int = self.api("checkout", body)["order_id"]
        return placed

    def _open(self, request: Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=TIMEOUT_S) as response:
                self.nonce = response.headers.get("Nonce") or self.nonce
                self.headers = response.headers
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


def address(country: str) -> dict[str, str]:
    """Where a shopper of a country lives."""
    person = {"first_name": "Sam", "last_name": "Shopper", "address_1": "1 Street", "city": "Town"}
    person |= {"phone": "030 123456"}  # older shops ask for one
    return person | ADDRESSES[country] | {"country": country, "email": "shopper@shop.example"}


def slots_in(html: str) -> list[str]:
    """The moments that a page has slots for."""
    return re.findall(r'data-upsell-slot="([a-z_]+)"', html)


def page_in(html: str, command: str = "page") -> Any:
    """What a page tells the snippet about itself."""
    assert f"upsell('{command}', offerliftPage)" in html
    return json.loads(html.partition("offerliftPage=")[2].partition(";upsell(")[0])


def place_classically(visitor: Visitor, checkout: str, **more: str) -> str:
    """Send the form of the classic checkout; where it leads."""
    nonce = found(r'name="woocommerce-process-checkout-nonce" value="(\w+)"', checkout)
    form = {f"billing_{name}": value for name, value in address("DE").items()}
    form |= {"payment_method": "cod", "woocommerce-process-checkout-nonce": nonce} | more
    status, answer = visitor.get("/?wc-ajax=checkout", form)
    assert (status, '"result":"success"' in answer) == (200, True), answer[:500]
    return found(r'"redirect":"([^"]+)"', answer).replace("\\/", "/").replace("\\u0026", "&")


def found(pattern: str, text: str) -> str:
    """What the pattern's group stands for in a text that has it."""
    match = re.search(pattern, text)
    assert match, pattern
    return match.group(1)
