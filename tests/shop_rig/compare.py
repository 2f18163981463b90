"""A real WooCommerce shop and Offerlift side by side: every kind of order, refund and change, in five tax set-ups.

    RIG=... RIG_VAR=... OFFERLIFT_DIR=... python -m tests.shop_rig.compare http://127.0.0.1:8101 --name first

The shop is up, and this checkout's console, edge and worker run (``make serve``). Three stores of the name are made and
connected one after the other: the shop's own, one whose catalogue has another SKU and the shop's id, and one in yen.
Prints what differs, and ends with 1 where anything does.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db.models import F, Sum  # noqa: E402 -- Django has to be set up

from checkout_widgets.models import Delivery, DeliveryStatus  # noqa: E402
from experiments.models import Exposure, Order, Store  # noqa: E402
from experiments.models.order import COUNTED_STATUSES  # noqa: E402
from tests.shop_rig import placing  # noqa: E402
from tests.shop_rig.figures import Figures, Outcome, expected, outcomes  # noqa: E402
from tests.shop_rig.shop import Shop  # noqa: E402

CHECKOUT = Path(__file__).resolve().parents[2]
FIGURES = (Path(__file__).with_name("figures.php")).read_text().partition("*/")[2]
WAIT_S = 180


@dataclass(frozen=True)
class Group:
    """Orders of one store that were placed in one set-up of the shop, by their ids."""

    store: str
    set_up: str
    kinds: dict[str, str]
    offers: list[dict[str, Any]]


def connect(shop: Shop, edge: str, slug: str, **settings: str) -> None:
    """Make a store, and point the shop's webhooks and its plugin at it; wait until the edge knows its test."""
    shop.run("connect", str(CHECKOUT), edge, slug, *(f"{name}={value}" for name, value in settings.items()))
    time.sleep(3)


def run(shop: Shop, edge: str, name: str, set_ups: Iterable[str], *, with_changes: bool) -> Iterator[Group]:
    """Place all orders; a group once its set-up is done."""
    connect(shop, edge, f"{name}-eur")
    for set_up in set_ups:
        country = placing.apply(shop, set_up)
        later = placing.changes(shop, country) if with_changes else []
        yield group(f"{name}-eur", set_up, chain(placing.amounts(shop, country), later))
    product = str(shop.php("get_option('rig_products')")["NoSku"])
    connect(shop, edge, f"{name}-id", SKU="CAT-13", EXTERNAL_ID=product, PRICE="700")
    for set_up in set_ups:
        country = placing.apply(shop, set_up)
        yield group(f"{name}-id", set_up, [placing.place(shop, "external-id-no-sku", f"country={country}")])
    connect(shop, edge, f"{name}-jpy", CURRENCY="JPY", PRICE="790")
    for set_up in set_ups:
        country = placing.apply(shop, set_up)
        yield group(f"{name}-jpy", set_up, [placing.place(shop, "other-decimals", f"country={country}")])
    placing.apply(shop, "entered and shown with tax")


def group(store: str, set_up: str, placed: Iterable[dict[str, Any]]) -> Group:
    """The orders by id, and what carts asked for offers."""
    orders = list(placed)
    kinds = {str(order["order"]): order["kind"] for order in orders}
    return Group(store, set_up, kinds, [order for order in orders if "cart_asks" in order])


def wait_for_deliveries(prefix: str) -> None:
    """Until the worker has come to all that arrived for the stores whose names begin so."""
    ours = Delivery.objects.filter(connection__store__slug__startswith=prefix)
    waiting = ours.filter(status__in=(DeliveryStatus.PENDING, DeliveryStatus.FAILED))
    until = time.monotonic() + WAIT_S
    while waiting.exists() and time.monotonic() < until:
        time.sleep(1)


def compare(shop: Shop, groups: list[Group]) -> list[str]:
    """What differs, as sentences; prints a line of figures for each group."""
    ids = [id for group in groups for id in group.kinds]
    orders = shop.php(f"$ids = [{', '.join(ids)}]; {FIGURES}")
    right = expected(orders)
    wrong = []
    for group in groups:
        ours = {id: right[id] for id in group.kinds if id in right}
        found = [*compare_offers(group), *compare_orders(group, ours), *compare_outcomes(group, ours)]
        wrong += [f"{group.store}, {group.set_up}: {sentence}" for sentence in found]
        print_line(group, ours, len(found))
    return wrong


def compare_offers(group: Group) -> Iterator[str]:
    """What the cart asked for an offer, against what was accepted."""
    for order in group.offers:
        asked = int(order["cart_asks"].replace(".", ""))
        if asked != order["accepted_minor"]:
            yield f"{order['order']} {order['kind']}: the cart asks {asked}, accepted {order['accepted_minor']}"


def compare_orders(group: Group, ours: dict[str, Figures | None]) -> Iterator[str]:
    """The stored orders, against the shop's."""
    stored = {order.external_id: order for order in Order.objects.filter(store__slug=group.store)}
    for id, kind in group.kinds.items():
        is_known = id in stored
        if is_known != (id in ours):
            yield f"{id} {kind}: {'stored' if is_known else 'not stored'}"
        if is_known and id in ours:
            yield from (f"{id} {kind}: {difference}" for difference in differences(stored[id], ours[id]))


def differences(order: Order, right: Figures | None) -> Iterator[str]:
    """What an order says that the shop doesn't."""
    counts = order.status in COUNTED_STATUSES
    if right is None:
        if counts:
            yield "counts although the shop deleted it"
        return
    refunds = {refund.external_id: refund.amount_minor for refund in order.refunds.all()}
    lines = list(order.lines.all())
    tokens = {line.sku: line.refused_code for line in lines if line.is_upsell or line.refused_code}
    pairs = [
        ("counts", counts, right.counts),
        ("goods", order.subtotal_minor - order.discount_minor, right.goods),
        ("tax", order.tax_minor, right.tax),
        ("shipping", order.shipping_minor, right.shipping),
        ("total", order.total_minor, right.total),
        ("refunds", refunds, right.refunds),
        ("visitor", order.visitor_id, right.visitor),
    ]
    if right.counts:
        pairs.append(("tokens", sorted(tokens.values()), sorted(right.tokens.values())))
    yield from (f"{name} {ours!r}, the shop's {shops!r}" for name, ours, shops in pairs if ours != shops)


def compare_outcomes(group: Group, ours: dict[str, Figures | None]) -> Iterator[str]:
    """The outcomes of the visitors who were exposed."""
    right = outcomes(ours)
    visitors = {order["visitor"] for order in group.offers}
    for exposure in Exposure.objects.filter(store__slug=group.store, visitor_id__in=visitors):
        fields = (exposure.orders, exposure.revenue_minor, exposure.refunded_minor, exposure.upsell_minor)
        outcome = Outcome(*fields)
        if outcome != right.get(exposure.visitor_id, Outcome()):
            yield f"visitor {exposure.visitor_id}: {outcome}, the shop's {right.get(exposure.visitor_id)}"
    exposed = Exposure.objects.filter(store__slug=group.store, visitor_id__in=visitors).count()
    if exposed != len(visitors):
        yield f"{exposed} of {len(visitors)} visitors are exposed"


def print_line(group: Group, ours: dict[str, Figures | None], found: int) -> None:
    """The group's sums on both sides."""
    counted = [figures for figures in ours.values() if figures and figures.counts]
    orders = Order.objects.filter(store__slug=group.store, external_id__in=group.kinds).standing()
    goods = orders.aggregate(sum=Sum(F("subtotal_minor") - F("discount_minor")))["sum"] or 0
    refunded = orders.aggregate(sum=Sum("refunds__amount_minor"))["sum"] or 0
    print(
        f"{group.store}, {group.set_up}: {len(group.kinds)} orders; "
        f"counted {orders.count()} / {len(counted)}; goods {goods} / {sum(f.goods for f in counted)}; "
        f"refunded {refunded} / {sum(sum(f.refunds.values()) for f in counted)}; differences {found}",
        flush=True,
    )


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edge", help="the edge's address")
    parser.add_argument("--name", required=True, help="of the stores that are made; not used before")
    parser.add_argument("--amounts-only", action="store_true", help="without what becomes of orders later")
    parser.add_argument("--set-up", action="append", choices=placing.SET_UPS, help="by default all five")
    arguments = parser.parse_args()
    if not Shop.is_there():
        parser.error("RIG and RIG_VAR name no shop that was made.")
    if Store.objects.filter(slug__startswith=f"{arguments.name}-").exists():
        parser.error("There are stores of this name already: take another.")
    shop = Shop()
    groups = []
    set_ups = arguments.set_up or placing.SET_UPS
    for done in run(shop, arguments.edge, arguments.name, set_ups, with_changes=not arguments.amounts_only):
        print(f"placed: {done.store}, {done.set_up}: {len(done.kinds)} orders", flush=True)
        groups.append(done)
    wait_for_deliveries(f"{arguments.name}-")
    wrong = compare(shop, groups)
    print("\n".join(wrong) or "Nothing differs.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
