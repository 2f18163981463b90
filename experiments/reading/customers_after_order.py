"""What customers did in the days after an order: what tests of messages start from before there was any."""

from datetime import datetime, timedelta
from math import sqrt
from typing import Any, NamedTuple

from experiments.models import CUSTOMER_WINDOW_DAYS, Store
from experiments.reading.baselines import BASELINE_DAYS
from experiments.reading.replica import read_connection
from experiments.sql_files import read_sql

CUSTOMERS_AFTER_ORDER = read_sql(__file__, "customers_after_order")


class CustomersAfterOrder(NamedTuple):
    """Customers whose first order of four weeks is 30 days and more ago, and what they ordered in the 30 days after
    it, net of discounts, in minor units: its fields in the order of the columns of ``customers_after_order.sql``."""

    customers: int = 0
    buyers: int = 0
    orders: int = 0
    revenue_minor: int = 0
    squares: int = 0  # of each customer's revenue

    @property
    def per_day(self) -> float:
        """How many customers there are a day."""
        return self.customers / BASELINE_DAYS

    @property
    def mean(self) -> float:
        """Revenue per customer; 0 without customers."""
        if not self.customers:
            return 0.0
        return float(self.revenue_minor) / self.customers

    @property
    def sd(self) -> float:
        """The standard deviation of a customer's revenue; 0 below two customers."""
        if self.customers < 2:
            return 0.0
        around = float(self.squares) - self.customers * self.mean**2
        return sqrt(max(around, 0.0) / (self.customers - 1))


def customers_after_order(store: Store, *, now: datetime) -> CustomersAfterOrder:
    """Read what the store's customers ordered in the 30 days after an order, of the newest whose 30 days are over."""
    until = now - timedelta(days=CUSTOMER_WINDOW_DAYS)
    parameters: dict[str, Any] = {
        "store_id": store.pk,
        "currency": store.currency,
        "since": until - timedelta(days=BASELINE_DAYS),
        "until": until,
        "window": CUSTOMER_WINDOW_DAYS,
        "is_tax_revenue": store.is_tax_revenue,
        "is_shipping_revenue": store.is_shipping_revenue,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(CUSTOMERS_AFTER_ORDER, parameters)
        return CustomersAfterOrder._make(map(int, cursor.fetchone()))
