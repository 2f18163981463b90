"""What an experiment can be: its moment, status, source, metrics, rules, covariates, and decision."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """Where in the checkout an offer can appear."""

    CART = "cart", _("Cart")
    SHIPPING = "shipping", _("Shipping")
    PAYMENT = "payment", _("Payment")
    EXIT_INTENT = "exit_intent", _("Exit intent")
    CONFIRMATION = "confirmation", _("Confirmation")
    FOLLOW_UP = "follow_up", _("Follow-up email")


# Moments that come after an order, and how many hours before the exposure that may have been placed.
LEADING_ORDER_HOURS = {Moment.CONFIRMATION: 24, Moment.FOLLOW_UP: 30 * 24}
# Moments that no page reaches. Until Offerlift sends e-mails itself, nothing delivers a test there.
UNDELIVERED = frozenset({Moment.FOLLOW_UP})

# Where a second offer may follow the first: after the order, where it delays no payment.
MOMENTS_OF_SEQUENCES = frozenset({Moment.CONFIRMATION})


class AssignmentUnit(models.TextChoices):
    """Who is assigned to a variant, and whose orders are the outcome.

    ``VISITOR``: a browser, at a moment of the checkout. ``CUSTOMER``: whoever has ordered before, on whatever device,
    reached by a message (``accounting/send_points.py``).
    """

    VISITOR = "visitor", _("Visitor")
    CUSTOMER = "customer", _("Customer")


# How long the orders of a customer count: whoever gets a message has no cart open, and comes back days later.
CUSTOMER_WINDOW_DAYS = 30


class Status(models.TextChoices):
    """Where an experiment is in its life."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    CONCLUDED = "concluded", _("Concluded")
    ARCHIVED = "archived", _("Archived")


OVER = frozenset({Status.STOPPED, Status.CONCLUDED, Status.ARCHIVED})


class Source(models.TextChoices):
    """Where an experiment's exposures come from."""

    LIVE = "live", _("Served by Offerlift")
    IMPORTED = "imported", _("Imported from a file")
    HOLDOUT = "holdout", _("Holdout: all offers against none")


class Metric(models.TextChoices):
    """What is compared between variants. RPV decides, conversion guards, AOV explains."""

    RPV = "rpv", _("Revenue per visitor")
    CONVERSION = "conversion", _("Conversion")
    AOV = "aov", _("Average order value")
    ORDERS_PER_VISITOR = "orders_per_visitor", _("Orders per visitor")
    ITEMS_PER_ORDER = "items_per_order", _("Items per order")
    TAKE_RATE = "take_rate", _("Take rate")
    UPSELL_RPV = "upsell_rpv", _("Upsell revenue per visitor")
    MARGIN = "margin", _("Margin per visitor")
    REFUNDED_SHARE = "refunded_share", _("Refunded share of buyers")
    CANCELED_SHARE = "canceled_share", _("Canceled share of orders")


class PlanVersion(models.IntegerChoices):
    """The rules by which a test is read while it runs; fixed at launch, and kept to the test's end.

    ``DAILY``: everybody, as known at the time, by looks that may end the test every day. ``WEEKLY``: visitors whose
    outcome is mature, by looks that may find a loss every day and a win once a week. ``SHARED``: like ``WEEKLY``, but
    that looks and guardrails share the error of finding harm, so that all ways to a wrong end together stay at alpha.
    """

    DAILY = 1, _("Daily looks, all visitors")
    WEEKLY = 2, _("Weekly looks, mature visitors")
    SHARED = 3, _("Weekly looks, mature visitors, guardrails within alpha")


class Covariate(models.TextChoices):
    """What is known of a visitor before the offer, and may adjust results."""

    CART_VALUE = "cart_value", _("Cart value")
    CART_ITEMS = "cart_items", _("Products in the cart")
    DEVICE = "device", _("Device")
    CUSTOMER_TYPE = "customer_type", _("New or returning customer")
    HOUR = "hour", _("Time of day")
    PAST_ORDERS = "past_orders", _("Earlier orders")


class PairExposure(models.TextChoices):
    """Who takes part in a test whose variants show pairs: those with whose cart every variant has one to show, or any.

    With ``ANY``, a variant without one shows nothing in its place. Either way it is settled before the variant is.
    """

    EVERY = "every", _("Carts for which every variant has a pair")
    ANY = "any", _("Carts for which any variant has a pair")


class Decision(models.TextChoices):
    """What was decided at the end."""

    UNDECIDED = "", _("Not decided")
    ROLL_OUT = "roll_out", _("Roll out a variant")
    KEEP_CONTROL = "keep_control", _("Keep control")
    ITERATE = "iterate", _("Iterate")
