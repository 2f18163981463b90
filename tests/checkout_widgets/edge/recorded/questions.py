"""The questions: each is made from its number alone."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

NUMBER = 2_000
SLUGS = ["plain", "busy", "held-out", "consenting", "closed", "kinds", "won", "rotated", "empty"]
MOMENTS = ["cart", "exit_intent", "shipping", "payment", "confirmation", "follow_up"]
# In order: a day's noon and its midnight, an offer that ends, another year.
TIMES = [
    datetime(2026, 11, 22, 12, tzinfo=UTC),
    datetime(2026, 11, 22, 14, 30, 15, 999_999, tzinfo=UTC),
    datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 23, tzinfo=UTC),
    datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
]
AGENTS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
    "",
]
ORIGINS = ["", "https://shop.example", "https://WWW.shop.example", "http://edge.example", "https://evil.example"]
LOCALES = ["", "de", "de-DE", "de_AT", "pt-BR", "en-US", "ar", "xx-YY", "ja", "fr-CH"]
SKUS = ["23166", "SKU-cart", "sku-CART", "OLD", "NEW", "SOLD", "tee\u00e9", "few"]
PATHS = ["/cart", "/DE/Cart", "/checkout/12345", ""]
QUERIES = ["", "utm_source=News&utm_medium=email", "?UTM_SOURCE=ads&utm_source=x", "a=1&" * 101, "q=%C3%A9"]
SECRETS = ["sk_rotated_0123456789", "sk_previous_0123456789", "sk_older_0123456789", "sk_nobody"]
TOO_LONG = "x" * 4_001
BROKEN: list[Any] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"moments": ["cart"], "key": "pk_plain"} x',
    b'{"moments": ["cart"], "key": "pk_plain", "x": NaN}',
    b'{"moments": ["cart"], "key": "pk_plain", "visitor_id": "\\ud800"}',
    b'{"key": "pk_plain", "x": ' + b"[" * 30_000,
    {"key": "pk_plain"},
    {"moments": []},
    {"moments": ["cart"] * 51},
    {"moments": [7]},
    {"moments": ["cart"], "key": 7},
    {"moments": ["cart"], "key": "k" * 65},
    {"moments": ["cart"], "visitor_id": ""},
    {"moments": ["cart"], "visitor_id": "v 1"},
    {"moments": ["cart"], "locale": "<script>"},
    {"moments": ["cart"], "device": "fridge"},
    {"moments": ["cart"], "cart": {"currency": "eur", "total_minor": 1}},
    {"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": -1}},
    {"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": 1.5}},
    {"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": 1, "items": [{"quantity": "2"}]}},
    {"moments": ["cart"], "visitor": {"country": "DEU"}},
    {"moments": ["cart"], "visitor": {"customer_id": -1}},
    {"moments": ["cart"], "visitor": {"tags": ["\u0000"]}},
    {"moments": ["cart"], "history": {"declined_at": "2026-11-22T10:00:00"}},
    {"moments": ["cart"], "history": {"shown_today": True}},
    {"moments": ["cart"], "consent": {"measurement": "yes"}},
    {"moments": ["cart"], "preview": ""},
    {"moments": ["cart"], "preview": TOO_LONG},
    {"moments": ["cart"], "page": "/cart"},
]


class Question(NamedTuple):
    """What is asked, and when; ``environ`` is what WSGI says of the request beside its usual fields."""

    at: datetime
    body: bytes
    environ: dict[str, str]


def question(number: int) -> Question:
    """Return the question of this number, from 0 to ``NUMBER`` - 1; later ones are asked later."""
    chance = Random(number)
    at = TIMES[number * len(TIMES) // NUMBER] + timedelta(milliseconds=number)
    slug = chance.choice(SLUGS)
    body, environ = ordinary_body(chance, slug, at), ordinary_environ(chance)
    kind = number % 20
    if kind == 0:
        return Question(at, broken_body(chance, body), environ)
    if kind == 1:
        environ |= odd_request(chance)
    if kind == 2:
        body["key"] = chance.choice([None, "", "pk_nobody", "sk_plain_0123456789", "pk_empty"])
    if kind in (3, 4):
        environ["HTTP_AUTHORIZATION"] = authorization(chance, slug)
        if chance.random() < 0.5:
            body.pop("key", None)
    return Question(at, json.dumps(body).encode(), environ)


def ordinary_body(chance: Random, slug: str, at: datetime) -> dict[str, Any]:
    """Return what a page of the store asks; each field may be missing."""
    moments = chance.sample(MOMENTS, chance.randint(1, 5))
    if chance.random() < 0.05:
        moments.append(chance.choice(["checkout", "", moments[0]]))
    optional = {
        "visitor_id": f"v_{chance.randrange(10**6):016x}",
        "page": {"path": chance.choice(PATHS), "query": chance.choice(QUERIES)},
        "locale": chance.choice(LOCALES),
        "device": chance.choice(["phone", "tablet", "desktop", ""]),
        "cart": cart(chance),
        "visitor": visitor(chance),
        "history": history(chance, at),
        "consent": {"measurement": chance.choice([True] * 9 + [False, None])},
        "automation": chance.choice([False, False, None, True]),
    }
    body: dict[str, Any] = {"key": f"pk_{slug}", "moments": moments}
    for name, value in optional.items():
        rarely = chance.random()
        if rarely < 0.8:
            body[name] = value
        elif rarely < 0.85:
            body[name] = None
    return body


def cart(chance: Random) -> dict[str, Any]:
    items = []
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        category = chance.choice(["Kitchen", "tea", None])
        items.append({"sku": chance.choice(SKUS), "quantity": chance.randint(0, 4), "category": category})
    currency = chance.choice(["EUR"] * 6 + ["USD", "USD", "JPY"])
    return {"currency": currency, "total_minor": chance.choice([0, 4999, 5000, 6670, 10**12]), "items": items}


def visitor(chance: Random) -> dict[str, Any]:
    return {
        "customer_id": chance.choice([None, 0, 17, 2**63 - 1, "c-17", ""]),
        "customer_type": chance.choice([None, "", "new", "Returning", "gold"]),
        "orders": chance.choice([None, 0, 1, 12]),
        "country": chance.choice([None, "", "DE", "de", "US"]),
        "tags": chance.choice([[], ["vip", "Wholesale"]]),
    }


def history(chance: Random, at: datetime) -> dict[str, Any]:
    ago = chance.choice([timedelta(minutes=30), timedelta(hours=2), timedelta(days=3), -timedelta(minutes=4)])
    return {
        "shown_session": chance.choice([0] * 15 + [1, 2, 7]),
        "shown_today": chance.choice([0] * 15 + [1, 4]),
        "declined_at": chance.choice([None] * 6 + [(at - ago).isoformat(), "9999-12-31T23:59:59Z"]),
        "friction": chance.choice([[]] * 12 + [["payment_error"]]),
    }


def ordinary_environ(chance: Random) -> dict[str, str]:
    """Return the headers of a shopper's browser."""
    environ = {"HTTP_HOST": "edge.example", "REMOTE_ADDR": "203.0.113.9"}
    origin = ORIGINS[min(chance.randrange(40), len(ORIGINS) - 1)]
    if chance.random() < 0.8:
        origin = "https://shop.example"
    if origin and chance.random() < 0.4:
        environ["HTTP_ORIGIN"] = origin
    if chance.random() < 0.95:
        environ["HTTP_USER_AGENT"] = chance.choice([*AGENTS[:2] * 5, *AGENTS])
    return environ


def broken_body(chance: Random, body: dict[str, Any]) -> bytes:
    """Return a body that is no JSON, or an ordinary one with one field spoiled."""
    broken = chance.choice(BROKEN)
    if isinstance(broken, bytes):
        return broken
    if "moments" in broken:
        broken = body | broken
    return json.dumps(broken).encode()


def odd_request(chance: Random) -> dict[str, str]:
    """Return what no browser sends with a question."""
    return chance.choice(
        [
            {"REQUEST_METHOD": "GET"},
            {"REQUEST_METHOD": "HEAD"},
            {"REQUEST_METHOD": "OPTIONS"},
            {"REQUEST_METHOD": "OPTIONS", "HTTP_ORIGIN": "https://shop.example"},
            {"REQUEST_METHOD": "OPTIONS", "HTTP_ORIGIN": "https://evil.example"},
            {"CONTENT_LENGTH": "-1"},
            {"CONTENT_LENGTH": "60001"},
            {"CONTENT_LENGTH": "9" * 30},
            {"CONTENT_LENGTH": ""},
            {"CONTENT_LENGTH": "20"},
            {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "Chunked"},
            {"HTTP_HOST": "evil.example"},
            {"HTTP_HOST": "evil.example", "HTTP_ORIGIN": "https://evil.example"},
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7"},
        ]
    )


def authorization(chance: Random, slug: str) -> str:
    """Return the header of a store's own server; mostly with a key that counts, or once did."""
    secret = chance.choice([f"sk_{slug}_0123456789", *SECRETS])
    return chance.choice([f"Bearer {secret}", f"bearer  {secret} ", f"Basic {secret}", f"Bearer {secret}"])
