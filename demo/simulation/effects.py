"""What a treatment does to orders, and the past orders that it is measured against.

The effect is exact in expectation: a treatment converts ``conversion_lift`` more often; where ``aov_lift`` is positive,
takers add the upsell so often that the order value rises by it; where it is negative, a discount lowers it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from experiments.accounting.order_data import LineData
from experiments.models import COUNTED_STATUSES, Order, OrderLine, Store

SOURCE = "simulation"
# The newest of them: enough for the shape of order values, and read in a second.
MOST_BASKETS = 20_000
SECOND_ORDER_SHARE = 0.03
# Above it no shop's offer would be believable: a larger effect comes from more pieces instead.
LARGEST_TAKE_RATE = 0.35
TAKE_RATE_AT_A_LOSS = 0.04
UPSELL_SHARES = (0.05, 0.30)  # of the mean order value: what a fitting upsell costs


class CannotSimulate(ValueError):
    """The experiment can't get simulated traffic; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Basket:
    """A past order's products and what they cost together."""

    lines: tuple[LineData, ...]
    value_minor: int


@dataclass(frozen=True, slots=True)
class SimulatedEffect:
    """What a variant does: factor on conversion, share of orders with the upsell, discount on the basket."""

    conversion_factor: float = 1.0
    take_rate: float = 0.0
    discount_share: float = 0.0
    upsell: LineData | None = None


def past_baskets(store: Store) -> list[Basket]:
    """What the store's newest real orders had in them."""
    orders = (
        Order.objects.filter(store=store, currency=store.currency)
        .exclude(source=SOURCE)  # else each simulation would draw from the effect of the one before
        .filter(status__in=COUNTED_STATUSES)
        .order_by("-placed_at", "pk")[:MOST_BASKETS]
    )
    lines: dict[int, list[LineData]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=orders.values("pk"), price_minor__gt=0).order_by("order_id", "position")
    for order_id, sku, quantity, price_minor in rows.values_list("order_id", "sku", "quantity", "price_minor"):
        lines[order_id].append(LineData(sku, quantity, price_minor))
    if not lines:
        raise CannotSimulate(
            f"Store {store.slug} has no past orders in {store.currency} to draw order values from: "
            "send some to /v1/orders or load the demo data first."
        )
    baskets = []
    for bought in lines.values():
        baskets.append(Basket(tuple(bought), value_of(bought)))
    return baskets


def value_of(lines: Iterable[LineData]) -> int:
    """What these lines cost together."""
    return sum(line.price_minor * line.quantity for line in lines)


def fitting_upsell(baskets: Sequence[Basket]) -> LineData:
    """One of the product that past orders have most often among those of a fitting price (or of the nearest price)."""
    mean = mean_value(baskets)
    low, high = UPSELL_SHARES[0] * mean, UPSELL_SHARES[1] * mean
    fitting, others = [], []
    for (sku, price_minor), times in times_sold(baskets).items():
        if low <= price_minor <= high:
            fitting.append((times, sku, price_minor))
        else:
            others.append((abs(price_minor - low), sku, price_minor))
    if fitting:
        _, sku, price_minor = max(fitting)
    else:
        _, sku, price_minor = min(others)
    return LineData(sku, 1, price_minor)


def times_sold(baskets: Iterable[Basket]) -> Counter[tuple[str, int]]:
    """In how many lines each product was sold, by SKU and price."""
    sold: Counter[tuple[str, int]] = Counter()
    for basket in baskets:
        for line in basket.lines:
            sold[line.sku, line.price_minor] += 1
    return sold


def effect_of(
    upsell: LineData, baskets: Sequence[Basket], *, aov_lift: float, conversion_lift: float, experiment_key: str
) -> SimulatedEffect:
    """What a treatment must do to have these lifts; second orders have no upsell, so that the first ones carry all."""
    mean = mean_value(baskets)
    gain = aov_lift * mean * (1 + SECOND_ORDER_SHARE)
    factor = 1 + conversion_lift
    if gain == 0:
        return SimulatedEffect(conversion_factor=factor)
    line = replace(upsell, experiment_key=experiment_key)
    if gain < 0:
        # a few still take the upsell, so that the discount has to lose what they bring as well
        lost = TAKE_RATE_AT_A_LOSS * line.price_minor * line.quantity - gain
        return SimulatedEffect(factor, TAKE_RATE_AT_A_LOSS, lost / mean, line)
    # as many pieces as bring the gain with a believable take rate
    pieces = max(line.quantity, math.ceil(gain / (LARGEST_TAKE_RATE * line.price_minor)))
    return SimulatedEffect(factor, gain / (line.price_minor * pieces), 0.0, replace(line, quantity=pieces))


def mean_value(baskets: Sequence[Basket]) -> float:
    """The mean order value."""
    total = 0
    for basket in baskets:
        total += basket.value_minor
    return total / len(baskets)
