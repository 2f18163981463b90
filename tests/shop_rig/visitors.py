"""A shopper who visits the rig's shop as a browser does, and what the pages say."""

import json
import re
import time
from collections.abc import Mapping
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.shop_rig.shop import TIMEOUT_S, Shop

ADDRESSES = {
    "DE": {"state": "DE-BE", "postcode": "10115"},
    "FR": {"state": "", "postcode": "75001"},
    "CH": {"state": "ZH", "postcode": "8000"},
}


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
