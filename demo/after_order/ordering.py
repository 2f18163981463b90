"""The orders of a day: what customers buy by themselves, what messages sell, and what comes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checkout_widgets.costs import fill_missing_costs
from demo.after_order.customers import SimulatedCustomer, buyers_of, customer_of, first_buyers, first_day_of, luck_of
from demo.simulation.effects import SOURCE, Basket, value_of
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_orders
from experiments.customer_keys import customer_key
from experiments.models import Store
from journeys.contacts.bulk import ListedContact, keep_listed
from journeys.models import ConsentBasis

DAY = timedelta(days=1)
WORDING = "demo-checkout-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDay:
    """A day of the simulation: its number, and when the simulation began."""

    number: int
    first_day: datetime

    @property
    def began_at(self) -> datetime:
        """When the day began."""
        return self.first_day + self.number * DAY

    @property
    def ends_at(self) -> datetime:
        """When the day ends: 24 hours later."""
        return self.began_at + DAY

    def earlier(self, number: int) -> "SimulatedDay":
        """Return another day of the same simulation."""
        return replace(self, number=number)


@dataclass(frozen=True, slots=True)
class MessageSale:
    """What a customer took from a message, and when."""

    customer_id: str
    line: LineData
    at: datetime


@dataclass(frozen=True, slots=True)
class SentBack:
    """An order whose goods come back, and when."""

    number: str
    at: datetime


def place_orders(
    store: Store,
    day: SimulatedDay,
    baskets: Sequence[Basket],
    *,
    sales: Iterable[MessageSale],
    sent_back: Iterable[SentBack],
) -> int:
    """Store the orders of a day, and the refunds of earlier ones; return how many were placed."""
    orders = []
    for customer in buyers_of(day.number):
        orders.append(order_of(store, customer, day, baskets))
    for sale in sales:
        orders.append(sale_order(store, sale, day))
    placed = len(orders)
    for goods in sent_back:
        orders.append(refunded_order(store, goods, day, baskets))
    record_orders(store, fill_missing_costs(store.pk, orders), SOURCE)
    return placed


def placed_at(day: SimulatedDay, *about: object) -> datetime:
    """Draw a time of the day."""
    return day.began_at + luck_of("time", day.number, *about).random() * DAY


def keep_customers(store: Store, days: Iterable[SimulatedDay]) -> None:
    """Keep who orders for the first time on these days, as a list is: before their orders begin runs."""
    listed, keys = [], {}
    for day in days:
        for customer in first_buyers(day.number):
            listed.append(listed_contact(customer, placed_at(day, customer.number)))
            keys[customer.address] = customer_key(store.pk, customer_id=customer.customer_id)
    keep_listed(store.pk, listed, keys)


def listed_contact(customer: SimulatedCustomer, at: datetime) -> ListedContact:
    """Return a customer as a list of contacts has them, with what they agreed to at the checkout."""
    basis, said_at = "", None
    if customer.is_opted_in:
        basis, said_at = ConsentBasis.OPT_IN.value, at
    return ListedContact(
        address=customer.address,
        customer_id=customer.customer_id,
        locale=customer.locale,
        country=customer.country,
        basis=basis,
        said_at=said_at,
        source="checkout",
        wording=WORDING,
        at=at,
    )


def order_of(store: Store, customer: SimulatedCustomer, day: SimulatedDay, baskets: Sequence[Basket]) -> OrderData:
    """Return what a customer orders on a day: the basket of a past order."""
    basket = luck_of("basket", customer.number, day.number).choice(baskets)
    return order_data(
        store,
        customer_id=customer.customer_id,
        number=customer.order_number(day.number),
        at=placed_at(day, customer.number),
        lines=basket.lines,
    )


def sale_order(store: Store, sale: MessageSale, day: SimulatedDay) -> OrderData:
    """Return the order that a message brought."""
    number = f"{sale.customer_id}-{day.number:03d}M"
    return order_data(store, customer_id=sale.customer_id, number=number, at=sale.at, lines=(sale.line,))


def order_data(store: Store, *, customer_id: str, number: str, at: datetime, lines: Sequence[LineData]) -> OrderData:
    """Return an order as it is placed."""
    subtotal_minor = value_of(lines)
    return OrderData(
        external_id=number,
        customer_id=customer_id,
        placed_at=at,
        updated_at=at,
        currency=store.currency,
        lines=tuple(lines),
        subtotal_minor=subtotal_minor,
        total_minor=subtotal_minor,
    )


def is_simulated(number: str) -> bool:
    """Whether the order of this number is a simulated customer's."""
    return number.startswith("K-")


def is_basket(number: str) -> bool:
    """Whether the order of this number is a basket of a simulated customer: its contents follow from the number."""
    return is_simulated(number) and not number.endswith("M")


def refunded_order(store: Store, goods: SentBack, day: SimulatedDay, baskets: Sequence[Basket]) -> OrderData:
    """Return a basket's order once all of it came back."""
    _prefix, number, ordered_on = goods.number.split("-")
    customer = customer_of(int(number), first_day_of(int(number)))
    placed = order_of(store, customer, day.earlier(int(ordered_on)), baskets)
    money_back = RefundData("r1", placed.subtotal_minor, goods.at)
    return replace(placed, updated_at=goods.at, refunds=(money_back,))
