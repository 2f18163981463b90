"""Every kind of order, refund and change that the rig can make, placed in a shop by its set-up."""

from collections.abc import Iterator
from typing import Any

from tests.shop_rig.shop import Shop

SET_UPS = {
    "entered and shown with tax": ("yes", "incl", "DE"),
    "another country's rate": ("yes", "incl", "FR"),
    "no rate": ("yes", "incl", "CH"),
    "entered without, shown with": ("no", "incl", "DE"),
    "entered with, shown without": ("yes", "excl", "DE"),
}
KINDS = [
    "plain",
    "guest",
    "accepted-offer",
    "coupon-percent",
    "coupon-fixed",
    "quantity-raised",
    "two-tax-rates",
    "on-hold",
    "pending",
    "draft",
    "customer",
    "negative-fee",
    "free-gift",
    "custom-line",
]
REFUNDS = [
    ["partial-line"],
    ["shipping"],
    ["full"],
    ["amount 500"],
    ["partial-line", "shipping"],
    ["amount 500", "full"],
]
CHANGES = [
    ["status cancelled"],
    ["status failed"],
    ["status pending"],
    ["status completed"],
    ["trash"],
    ["trash", "restore"],
    ["delete"],
    ["trash", "delete"],
]
UNPAID = [["pending", "status processing"], ["pending", "status cancelled"], ["on-hold", "status processing"]]
DELETE_REFUND = (
    "$order = rig_order({order}); $refund = $order->get_refunds()[0]; $id = $refund->get_id(); $refund->delete(true);"
    " do_action('woocommerce_refund_deleted', $id, {order}); return $id;"
)


def apply(shop: Shop, set_up: str) -> str:
    """Set the shop up; the country whose shoppers order."""
    enters, shows, country = SET_UPS[set_up]
    shop.set_options(prices_include_tax=enters, tax_display_shop=shows, tax_display_cart=shows)
    return country


def place(shop: Shop, kind: str, *named: str) -> dict[str, Any]:
    """An order of a kind, its webhooks sent."""
    [*_, placed] = shop.run("order", kind, *named)
    return placed | {"kind": kind}


def change(shop: Shop, order: int, words: str) -> None:
    """Do what a command of the rig says to an order: ``status cancelled``, ``trash``."""
    command, *rest = words.split()
    shop.run(command, str(order), *rest)


def amounts(shop: Shop, country: str) -> Iterator[dict[str, Any]]:
    """Each kind of order and each refund: whatever a tax changes."""
    where = f"country={country}"
    for kind in KINDS:
        yield place(shop, kind, where)
    for refunds in REFUNDS:
        placed = place(shop, "accepted-offer", where)
        for refund in refunds:
            shop.run("refund", str(placed["order"]), *refund.split())
        yield placed | {"kind": f"accepted-offer, refund {' + '.join(refunds)}"}


def changes(shop: Shop, country: str) -> Iterator[dict[str, Any]]:
    """What becomes of orders later, whatever they cost, and copies of them."""
    where = f"country={country}"
    first = place(shop, "accepted-offer", where)
    yield first
    yield place(shop, "copy", where, f"of={first['order']}", f"visitor={first['visitor']}")
    placed = place(shop, "accepted-offer", where)
    shop.run("refund", str(placed["order"]), "partial-line")
    shop.php(DELETE_REFUND.format(order=placed["order"]))
    shop.run("send")
    yield placed | {"kind": "accepted-offer, refund deleted"}
    for steps in CHANGES:
        placed = place(shop, "accepted-offer", where)
        for words in steps:
            change(shop, placed["order"], words)
        yield placed | {"kind": f"accepted-offer, {', '.join(steps)}"}
    for kind, words in UNPAID:
        placed = place(shop, kind, where)
        change(shop, placed["order"], words)
        yield placed | {"kind": f"{kind}, {words}"}
