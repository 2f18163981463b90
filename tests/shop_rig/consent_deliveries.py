"""What a real shop's webhooks say of offers by email, for every way in which a shopper may have answered.

    RIG=... RIG_VAR=... python -m tests.shop_rig.consent_deliveries

The rig's shop is up, with the plugin. Writes ``tests/data/payloads/woocommerce_consent.json``, one case per line,
without anything that names a person or a machine (``woocommerce_consent.md``).
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.shop_rig.edge import SECRET, Edge
from tests.shop_rig.shop import Shop, shortcode_pages
from tests.shop_rig.visitors import Visitor, found, place_classically

FILE = Path(__file__).resolve().parents[1] / "data" / "payloads" / "woocommerce_consent.json"
ANSWER, VERSION, WORDING = "offerlift_email_offers", "offerlift_email_wording", "_offerlift_email_wording_text"
WORDINGS = {
    "opt_in": "I'd like to receive offers by email. I can unsubscribe at any time.",
    "soft_opt_in": "I don't want to receive offers for similar products by email.",
}
PERSON = {
    "first_name": "Ida",
    "last_name": "Invented",
    "address_1": "1 Example Street",
    "city": "Exampleton",
    "postcode": "00000",
    "email": "ida@shopper.example",
    "phone": "",
}
# What is another text in each shop and each order, and says nothing.
HASHES = {"_coupons_hash", "_fees_hash", "_shipping_hash", "_taxes_hash"}


@dataclass(frozen=True)
class Case:
    """How a shop asks (``off``, ``opt_in``, ``soft_opt_in``), in which checkout, and whether the box is ticked."""

    checkout: str
    basis: str
    is_ticked: bool = False

    @property
    def name(self) -> str:
        """What it is called in the recording."""
        ticked = {True: "ticked", False: "unticked"}[self.is_ticked]
        return f"{self.checkout}_{self.basis}" + ("" if self.basis == "off" else f"_{ticked}")

    @property
    def answer(self) -> str:
        """What the order has to say, by docs/orders.md; empty where the shop doesn't ask."""
        answers = {"opt_in": ("none", "opt_in"), "soft_opt_in": ("soft_opt_in", "objected"), "off": ("", "")}
        return answers[self.basis][self.is_ticked]

    @property
    def right(self) -> dict[str, str]:
        """What the order has to say, by the names of its meta data."""
        if not self.answer:
            return {}
        return {ANSWER: self.answer, VERSION: "1", WORDING: WORDINGS[self.basis]}


CASES = [
    Case(checkout, basis, is_ticked)
    for checkout in ("block", "classic")
    for basis, is_ticked in (
        ("off", False),
        ("opt_in", False),
        ("opt_in", True),
        ("soft_opt_in", False),
        ("soft_opt_in", True),
    )
]


NO_WEBHOOKS = (
    "delete_option('rig_hooks'); global $wpdb;"
    ' $wpdb->query("DELETE FROM {$wpdb->prefix}wc_webhooks"); wp_cache_flush(); return 1;'
)


@contextmanager
def watched(shop: Shop, edge: Edge) -> Iterator[None]:
    """Have the plugin set up, and webhooks at the edge of a few lines."""
    with shop.constants(edge.constants()):
        shop.php(NO_WEBHOOKS)
        shop.run("hooks", f"{edge.url}/v1/webhooks/woocommerce/tea", SECRET)
        yield
        shop.php(NO_WEBHOOKS)


def order(shop: Shop, product: int, case: Case) -> int:
    """Order in the case's checkout as a shopper whom the shop hasn't seen before; the order's id."""
    visitor = Visitor(shop)
    visitor.add(product)
    visitor.introduce("v_example")
    visitor.live_in("DE")
    if case.checkout == "block":
        answered: dict[str, Any] = {"additional_fields": {"offerlift/email-offers": case.is_ticked}}
        return visitor.order() if case.basis == "off" else visitor.order(**answered)
    more = {"offerlift_email_offers": "1"} if case.is_ticked else {}
    with shortcode_pages(shop):
        placed = place_classically(visitor, visitor.get("/classic-checkout/")[1], **more)
    return int(found(r"order-received/(\d+)", placed))


def delivered(shop: Shop, product: int, case: Case) -> dict[str, Any]:
    """The last delivery of the case's order, as it was sent."""
    settings = {"email_offers": case.basis, "email_wording": ""}
    with shop.wordpress_options(offerlift_settings=settings, offerlift_wordings=None):
        placed = order(shop, product, case)
        shop.run("send")
    lines = (shop.var / "deliveries.jsonl").read_text().splitlines()
    sent = [delivery for delivery in map(json.loads, lines) if delivery["order"] == placed]
    assert sent, f"{case.name}: nothing was sent of order {placed}"
    delivery: dict[str, Any] = sent[-1]
    return delivery


def meta_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The order's meta data by name."""
    return {meta["key"]: meta["value"] for meta in body["meta_data"]}


def about_consent(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the body says of offers by email, WooCommerce's own field left out."""
    return {name: value for name, value in meta_of(body).items() if name in (ANSWER, VERSION, WORDING)}


def without_persons(body: dict[str, Any], url: str) -> dict[str, Any]:
    """The body with an invented person, address and host; ids, amounts, times and answers stay as they are."""
    body = json.loads(json.dumps(body).replace(json.dumps(url)[1:-1], "https://shop.example"))
    for place in ("billing", "shipping"):
        body[place] |= {name: value for name, value in PERSON.items() if name in body[place]}
    key = f"wc_order_example{body['id']}"
    body = json.loads(json.dumps(body).replace(body["order_key"], key))
    body |= {"customer_ip_address": "192.0.2.1", "customer_user_agent": "", "cart_hash": "0" * 32}
    for meta in body["meta_data"]:
        if meta["key"] in HASHES:
            meta["value"] = "0" * 32
        if meta["key"] == "_debug_log_source_pending_deletion":
            meta["value"] = "example"
    return body


def record(shop: Shop) -> list[dict[str, Any]]:
    """Every case, as the recording has it."""
    edge = Edge()
    product = shop.php("get_option('rig_products')")["BOOTS"]
    recorded = []
    with watched(shop, edge):
        for case in CASES:
            delivery = delivered(shop, product, case)
            body = without_persons(json.loads(delivery["body"]), shop.url)
            said = {"name": case.name, "topic": delivery["topic"], "delivered_at": delivery["at"]}
            recorded.append(said | asdict(case) | {"body": body, "right": case.right})
            print(f"{case.name}: {about_consent(body)}", flush=True)
    edge.close()
    return recorded


def main() -> int:
    """Record it."""
    if not Shop.is_there():
        print("RIG and RIG_VAR name no shop that was made.", file=sys.stderr)
        return 2
    lines = [json.dumps(case, ensure_ascii=False) for case in record(Shop())]
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
