"""Which orders count for an exposure, as parts of SQL: the same for all outcomes, so that no two can disagree."""

from experiments.models.experiment_choices import LEADING_ORDER_HOURS
from experiments.sql_files import read_sql


def leading_order_cases() -> str:
    """Write the hours in which an order may lead to a moment as the branches of an SQL ``CASE``."""
    branches = ""
    for moment, hours in LEADING_ORDER_HOURS.items():
        branches += f"WHEN '{moment}' THEN {hours} "
    return branches


IS_UNSIGNED_COUNTED = read_sql(__file__, "unsigned_counted")
VISITOR_ORDERS = read_sql(__file__, "visitor_orders")
# By the name that the statements have for each part.
PARTS = {
    "visitor_orders": VISITOR_ORDERS,
    "leading_order": read_sql(__file__, "leading_order").format(
        hours=leading_order_cases(), visitor_orders=VISITOR_ORDERS, is_unsigned_counted=IS_UNSIGNED_COUNTED
    ),
    "is_counted": read_sql(__file__, "counted_order"),
    "is_unsigned_counted": IS_UNSIGNED_COUNTED,
    "order_value": read_sql(__file__, "order_value"),
    "revenue_sums": read_sql(__file__, "revenue_sums"),
}
