"""Why a test doesn't get a visitor, more closely than the arbiter's reasons say it."""

from enum import StrEnum

from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.edge.targeting_context import AskedContext
from experiments.assignment.targeting import Context


class Cause(StrEnum):
    """Why a test doesn't get a decision. The arbiter's reasons, with *not targeted* told apart."""

    HOLDOUT = "holdout"
    CAPPED = "capped"
    DECLINED_RECENTLY = "declined_recently"
    FRICTION = "friction"
    OUT_OF_STOCK = "out_of_stock"
    RULES = "rules"
    CURRENCY = "currency"
    IN_CART = "in_cart"
    NOTHING_TO_REPLACE = "nothing_to_replace"
    NO_PAIR = "no_pair"
    OTHER_TEST = "other_test"
    NOT_INCLUDED = "not_included"


def cause_of(test: ExperimentConfiguration, context: Context | AskedContext, reason: str) -> Cause:
    """Tell apart what the arbiter calls *not targeted*, in the order in which it looks."""
    if reason != "not_targeted":
        return Cause.OUT_OF_STOCK
    if not test.is_targeted(context):
        return Cause.RULES
    if test.currencies and context.currency not in test.currencies:
        return Cause.CURRENCY
    if not context.skus.isdisjoint(test.cross_sold):
        return Cause.IN_CART
    if test.replaced and not context.skus >= test.replaced:
        return Cause.NOTHING_TO_REPLACE
    return Cause.NO_PAIR
