"""What Offerlift should say of a shop's orders, worked out from the shop's own figures by docs/orders.md."""

import base64
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

COUNTED = {"processing", "completed", "on-hold", "refunded"}
ABSENT = {"checkout-draft"}


@dataclass
class Figures:
    """An order in minor units, without tax; ``tokens`` are the lines' codes, empty for a token that counts."""

    counts: bool
    goods: int
    tax: int
    shipping: int
    total: int
    refunds: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    upsell: int = 0
    visitor: str = ""


def minor(amount: str | Decimal, currency: str) -> int:
    """An amount in minor units, half a unit upwards as WooCommerce rounds."""
    units = 1 if currency == "JPY" else 100
    return int((Decimal(amount or 0) * units).quantize(Decimal(1), ROUND_HALF_UP))


def expected(orders: Mapping[str, Any]) -> dict[str, Figures | None]:
    """By the shop's id; None for what should be known and not count whatever it was: an order that is gone."""
    figures = {id: (of_order(order) if order else None) for id, order in orders.items()}
    credit_acceptances(orders, figures)
    return {id: figures[id] for id in orders if not orders[id] or orders[id]["status"] not in ABSENT}


def of_order(order: Any) -> Figures:
    """The order's own amounts."""
    currency = order["currency"]
    discounts = [fee for fee in order["fees"] if Decimal(fee["total"]) < 0]
    goods = sum(minor(line["total"], currency) for line in [*order["lines"], *discounts])
    gross = goods + sum(minor(line["total_tax"], currency) for line in [*order["lines"], *discounts])
    return Figures(
        counts=order["status"] in COUNTED,
        goods=goods,
        tax=minor(order["tax"], currency),
        shipping=minor(order["shipping"], currency),
        total=minor(order["total"], currency),
        refunds=refunded_goods(order["refunds"], goods, gross, currency),
        visitor=order["visitor"],
    )


def refunded_goods(refunds: Mapping[str, Any], goods: int, gross: int, currency: str) -> dict[str, int]:
    """What each refund pays back of the goods: its lines, then what goes beyond them in the goods' proportion."""
    paid_back = {}
    for id, refund in sorted(refunds.items(), key=lambda item: int(item[0])):
        net = -sum(minor(line["total"], currency) for line in refund["goods"])
        tax = -sum(minor(line["total_tax"], currency) for line in refund["goods"])
        other = -sum(minor(line["total"], currency) + minor(line["total_tax"], currency) for line in refund["other"])
        rest = min(max(0, minor(refund["amount"], currency) - net - tax - other), gross - net - tax)
        of_rest = round(Decimal(rest) * (goods - net) / (gross - net - tax)) if gross > net + tax else 0
        paid_back[id] = min(goods, net + of_rest)
        goods, gross = goods - paid_back[id], gross - net - tax - rest
    return paid_back


def credit_acceptances(orders: Mapping[str, Any], figures: Mapping[str, Figures | None]) -> None:
    """Say of each line with a token whether it counts: in the first order that counts, for what was accepted."""
    used: set[str] = set()
    by_time = sorted((id for id, order in orders.items() if order), key=lambda id: (orders[id]["placed_at"], int(id)))
    for id in by_time:
        figure = figures[id]
        for line in orders[id]["lines"]:
            if line["token"] and figure and figure.counts:
                name = line["sku"] or line["product"]
                figure.tokens[name] = refusal(line, used)
                if not figure.tokens[name]:
                    figure.upsell += minor(line["total"], orders[id]["currency"])
                    used.add(line["token"])


def refusal(line: Any, used: set[str]) -> str:
    """Why a line's token doesn't count; empty where it does."""
    payload = line["token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    ours = [
        accepted["quantity"]
        for accepted in claims["lines"]
        if accepted["sku"] == line["sku"] or accepted.get("external_id") == line["product"]
    ]
    if line["quantity"] > sum(ours):
        return "wrong_quantity"
    return "already_used" if line["token"] in used else ""


@dataclass
class Outcome:
    """What a visitor's orders come to."""

    orders: int = 0
    revenue: int = 0
    refunded: int = 0
    upsell: int = 0


def outcomes(figures: Mapping[str, Figures | None]) -> dict[str, Outcome]:
    """By visitor."""
    found: dict[str, Outcome] = defaultdict(Outcome)
    for figure in figures.values():
        if figure and figure.visitor and figure.counts:
            outcome = found[figure.visitor]
            outcome.orders += 1
            outcome.revenue += figure.goods
            outcome.refunded += sum(figure.refunds.values())
            outcome.upsell += figure.upsell
    return dict(found)
