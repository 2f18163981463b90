"""Carts with accepted offers in them, right and wrong in all ways that a shop or a shopper can bring about."""

import json
import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import jwt

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STORE, OTHER_STORE = "tea", "coffee"
KEY, PREVIOUS_KEY, FORGOTTEN_KEY = ("sk_" + letter * 40 for letter in "abc")
VISITOR = "v_8f14e45fceea167a"
PRICES = {"EUR": ("9.90", "12.50", "129.00", "0.99"), "JPY": ("990", "1500", "12900"), "KWD": ("9.905", "1.250")}
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Product:
    """What is sold: Shopify's IDs of the variant and its product, the SKU, and the price for one."""

    variant: str
    product: str
    sku: str
    price: str


@dataclass
class Line:
    """A line of a cart."""

    product: Product
    quantity: int
    token: str = ""
    sku: str | None = None  # where the shop calls it otherwise than when it was offered


@dataclass
class Cart:
    """A cart: what stands in it, and what the shopper's page has written down with it."""

    currency: str
    products: list[Product]
    lines: list[Line] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    metafield: list[str] | None = None
    is_in_other_currency: bool = False

    def minor(self, price: str) -> int:
        return int(Decimal(price).scaleb(DECIMALS[self.currency]))


def products_of(chance: random.Random, currency: str) -> list[Product]:
    products = []
    for number in range(6):
        price = chance.choice(PRICES[currency])
        sku = f"TEA-{number}" if chance.random() < 0.8 else ""
        products.append(Product(str(43_229_298_160 + number), str(776_770_000 + number // 2), sku, price))
    return products


def claims_of(cart: Cart, parts: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    total = sum(part["quantity"] * part["price_minor"] for part in parts)
    return {
        "iss": "offerlift",
        "aud": STORE,
        "jti": str(uuid.UUID(int=0)),
        "iat": int(NOW.timestamp()) - 60,
        "exp": int((NOW + timedelta(minutes=29)).timestamp()),
        "sub": VISITOR,
        "experiment": "cart-accessory",
        "variant": "with-reason",
        "offer": "care-balm",
        "currency": cart.currency,
        "total_minor": total,
        "quantity": 1,
        "lines": parts,
        **changes,
    }


def part_of(product: Product, quantity: int, price_minor: int, *, by: str) -> dict[str, Any]:
    """An accepted line, named by the variant's ID, the product's, or the SKU alone."""
    part = {"sku": product.sku or product.variant, "quantity": quantity, "price_minor": price_minor}
    ids = {"variant": product.variant, "product": product.product}
    return part | ({"external_id": ids[by]} if by in ids else {})


def offered_parts(chance: random.Random, cart: Cart, product: Product, quantity: int) -> list[dict[str, Any]]:
    """What was accepted of a product: an even price, or one that can't be shared out and comes as two lines."""
    full = cart.minor(product.price)
    price = max(1, full - chance.choice([0, 0, 1, full // 10, full // 2, -1, -5]))
    by = chance.choice(["variant", "variant", "product", "sku"]) if product.sku else "variant"
    if quantity > 1 and chance.random() < 0.4:
        dearer = part_of(product, 1, price + 1, by=by)
        return [part_of(product, quantity - 1, price, by=by), dearer]
    return [part_of(product, quantity, price, by=by)]


def signed(chance: random.Random, claims: dict[str, Any]) -> str:
    """The token; in one case of four, what somebody has done to it."""
    key = chance.choice([KEY, KEY, KEY, PREVIOUS_KEY])
    claims = claims | {"jti": str(uuid.UUID(int=chance.getrandbits(128), version=4))}
    token = jwt.encode(claims, key, "HS256")
    head, body, signature = token.split(".")
    match chance.randrange(28):
        case 0:
            return jwt.encode(claims, FORGOTTEN_KEY, "HS256")
        case 1:
            return jwt.encode(claims | {"aud": OTHER_STORE}, key, "HS256")
        case 2:
            return jwt.encode(claims, "", "none")
        case 3:
            return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
        case 4:
            forged = jwt.encode(claims | {"lines": [part | {"price_minor": 1} for part in claims["lines"]]}, "x" * 32)
            return f"{head}.{forged.split('.')[1]}.{signature}"
        case 5:
            return chance.choice([token[:-9], "eyJ", "x", "..", head, token + ".", "é" * 40])
        case 6:
            return jwt.encode(claims | {"iss": "somebody"}, key, "HS256")
    return token


def sub_of(chance: random.Random) -> str:
    return chance.choice([VISITOR, VISITOR, VISITOR, VISITOR, "v_somebody_else", "c:77"])


def add_offer(chance: random.Random, cart: Cart) -> None:
    """Put an accepted offer into the cart: as accepted, or more of it, fewer, in two lines, at another product."""
    product = chance.choice(cart.products)
    quantity = chance.choice([1, 1, 1, 2, 3])
    parts = offered_parts(chance, cart, product, quantity)
    tier = quantity if quantity > 1 and chance.random() < 0.5 else 1
    bundled = chance.choice(cart.products)
    is_bundle = bundled is not product and chance.random() < 0.25
    if is_bundle:
        parts += offered_parts(chance, cart, bundled, 1)
    expired = chance.choice([0, 0, 0, 3600])  # a while ago, today: nobody with a mere date can know
    claims = claims_of(cart, parts, sub=sub_of(chance), quantity=tier)
    token = signed(chance, claims | {"exp": claims["exp"] - expired})
    is_kept_by_line = chance.random() < 0.85
    if not is_kept_by_line:
        cart.metafield = [*(cart.metafield or []), token]
    own = token if is_kept_by_line else ""
    sold = chance.choice([product] * 9 + [chance.choice(cart.products)])
    # A shop may rename a variant, or take its SKU away, while its ID stays.
    is_by_variant = all(part.get("external_id") == product.variant for part in parts if part["sku"] == parts[0]["sku"])
    sku = chance.choice([None, None, None, "", "RENAMED"]) if is_by_variant and sold is product else None
    line = Line(sold, max(1, quantity + chance.choice([0, 0, 0, 0, 1, -1])), own, sku)
    cart.lines.append(line)
    if chance.random() < 0.15:  # the same token again, beyond what was accepted
        cart.lines.append(replace(line, quantity=1))
    if is_bundle:
        cart.lines.append(Line(bundled, 1, own))


def cart_of(chance: random.Random) -> Cart:
    currency = chance.choice(["EUR", "EUR", "EUR", "JPY", "KWD"])
    cart = Cart(currency, products_of(chance, currency), is_in_other_currency=chance.random() < 0.05)
    visitor = chance.choice([VISITOR, VISITOR, VISITOR, "", "not one of ours!"])
    if visitor:
        cart.attributes[chance.choice(["offerlift_visitor", "_offerlift_visitor", "_upsell_vid"])] = visitor
    for _ in range(chance.choice([0, 1, 1, 2, 3, 5])):
        add_offer(chance, cart)
    for _ in range(chance.randrange(3)):
        cart.lines.append(Line(chance.choice(cart.products), chance.randrange(1, 4)))
    chance.shuffle(cart.lines)
    return cart


def carts(number: int, seed: int) -> list[Cart]:
    """So many carts, the same for a seed."""
    chance = random.Random(seed)
    return [cart_of(chance) for _ in range(number)]


OTHER = {"EUR": "USD", "JPY": "USD", "KWD": "USD"}


def shown(cart: Cart, settings: dict[str, Any]) -> dict[str, Any]:
    """The cart as Shopify gives it to a Function: in the currency that the shopper sees."""
    currency = OTHER[cart.currency] if cart.is_in_other_currency else cart.currency
    lines = []
    for number, line in enumerate(cart.lines):
        variant = {"id": line.product.variant, "product": line.product.product, "sku": sku_in_shop(line)}
        attributes = {"_offerlift_acceptance": line.token} if line.token else {}
        lines.append(
            {
                "id": f"gid://shopify/CartLine/{number}",
                "quantity": line.quantity,
                "attributes": attributes,
                "price": line.product.price,
                "currency": currency,
                "variant": variant,
            }
        )
    return {
        "attributes": cart.attributes,
        "metafield": cart.metafield,
        "lines": lines,
        "settings": settings,
        "date": NOW.date().isoformat(),
    }


def sku_in_shop(line: Line) -> str:
    return line.product.sku if line.sku is None else line.sku


def ordered(cart: Cart, off: dict[str, str], rate: str = "0.87") -> dict[str, Any]:
    """The fields of the order that comes of the cart, with what the Function took off each line."""
    items = []
    for number, line in enumerate(cart.lines):
        price = line.product.price
        if cart.is_in_other_currency:  # what the shopper saw is converted: the shop's own amount is another
            price = str(round(float(price) * float(rate), DECIMALS[cart.currency]))
        taken = off.get(f"gid://shopify/CartLine/{number}", "0")
        properties = [{"name": "_offerlift_acceptance", "value": line.token}] if line.token else []
        items.append(
            {
                "variant_id": int(line.product.variant),
                "product_id": int(line.product.product),
                "sku": sku_in_shop(line),
                "quantity": line.quantity,
                "price_set": {"shop_money": {"amount": price, "currency_code": cart.currency}},
                "discount_allocations": [
                    {"amount_set": {"shop_money": {"amount": taken, "currency_code": cart.currency}}}
                ],
                "properties": properties,
            }
        )
    metafields = []
    if cart.metafield is not None:
        value = json.dumps(cart.metafield)
        metafields = [{"namespace": "app--4711--offerlift", "key": "acceptances", "value": value}]
    notes = [{"name": name, "value": value} for name, value in cart.attributes.items()]
    return {"currency": cart.currency, "line_items": items, "note_attributes": notes, "metafields": metafields}
