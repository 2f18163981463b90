"""Test orders on the setup page: where one can be sent, and what was understood of those that were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from checkout_widgets.models import TrialOrder
from dashboard.setup.connections import ConnectedShop
from dashboard.setup.order_days import NOTES
from dashboard.setup.refusals import reason
from dashboard.setup.shop_systems import ShopChoice
from dashboard.setup.steps import source_name
from experiments.models import OrderStatus, Store
from experiments.reading.reconciliation import Fate

MOST_LISTED = 5  # as many as somebody sends while setting up; older ones answer nothing any more
LONG_WAIT = timedelta(minutes=1)  # the worker takes a delivery within seconds


@dataclass(frozen=True)
class TrialRow:
    """A test order that was sent."""

    trial: TrialOrder
    now: datetime

    @property
    def source(self) -> str:
        """By which way it came."""
        return source_name(self.trial.source)

    @property
    def progress(self) -> str:
        """``read``, ``failed``, or ``waiting``: for the worker."""
        if self.trial.read_at is not None:
            return "read"
        if self.trial.is_waiting:
            return "waiting"
        return "failed"

    @property
    def is_late(self) -> bool:
        """Whether it has waited longer than a worker that runs would let it."""
        return self.trial.is_waiting and self.now - self.trial.sent_at > LONG_WAIT

    @property
    def understood(self) -> dict[str, Any]:
        """What was understood, as the API answers it: amounts in minor units."""
        understood: dict[str, Any] = self.trial.understood
        return understood

    @property
    def status(self) -> str:
        """How far the order said it is."""
        return str(OrderStatus(self.understood["status"]).label)

    @property
    def lines(self) -> list["TrialLine"]:
        """Its lines."""
        return [TrialLine(line) for line in self.understood["lines"]]

    @property
    def verdict(self) -> str:
        """Whether a real order like it would count, and why not."""
        if self.understood["would_count"]:
            return _("A real order like this one would count for a test.")
        fate = Fate(self.understood["reason"])
        return _("A real order like this one wouldn't count: %(reason)s.") % {"reason": fate.label}

    @property
    def note(self) -> str:
        """What the reason means, or what to try; empty where it would count."""
        if self.understood["would_count"]:
            return ""
        fate = Fate(self.understood["reason"])
        if fate == Fate.NOT_EXPOSED:
            return _("Visit your shop until the offer's place is in view, and send one with your own visitor ID.")
        return str(NOTES[fate])


@dataclass(frozen=True)
class TrialLine:
    """A line of a test order, as it was understood."""

    line: dict[str, Any]

    @property
    def total_minor(self) -> int:
        """What its units cost together after discounts."""
        total: int = self.line["price_minor"] * self.line["quantity"] - self.line["discount_minor"]
        return total

    @property
    def remark(self) -> str:
        """What to know of it: a rejected token, or a product that the catalog doesn't have; empty where nothing is."""
        if self.line["rejected"]:
            return reason(self.line["rejected"])
        if not self.line["known"]:
            return _("Not in the catalog, so its cost is unknown.")
        return ""


@dataclass(frozen=True)
class TrialOrders:
    """The test orders of a store, and by which way the next can be sent."""

    store: Store
    now: datetime
    system: ShopChoice | None
    shops: Iterable[ConnectedShop]

    @cached_property
    def rows(self) -> list[TrialRow]:
        """The newest, with the deliveries that brought them."""
        # Without what was delivered, which nobody sees here and may be long.
        newest = TrialOrder.objects.filter(store=self.store).select_related("delivery").defer("delivery__body")
        return [TrialRow(trial, self.now) for trial in newest[:MOST_LISTED]]

    @property
    def is_awaited(self) -> bool:
        """Whether one is still to be read."""
        return any(row.trial.is_waiting for row in self.rows)

    @property
    def seen(self) -> str:
        """Changes with what is shown."""
        states = [f"{row.trial.pk} {row.progress} {row.is_late}" for row in self.rows]
        return sha256("\n".join(states).encode()).hexdigest()[:16]

    @property
    def ways(self) -> list[ShopChoice]:
        """By which ways one can be sent, the store's own shop system first: webhooks need a connection that is on."""
        ways = []
        for shop in self.shops:
            if shop.connection.is_active:
                ways.append(ShopChoice(shop.connection.kind))
        ways.append(ShopChoice.OTHER)
        ways.sort(key=self.is_other)  # stable: the others stay in their order
        return ways

    def is_other(self, way: ShopChoice) -> bool:
        """Whether it isn't the store's own shop system."""
        return way != self.system

    @property
    def is_connection_missing(self) -> bool:
        """Whether the store's shop system can't be tried yet."""
        return self.system is not None and self.system not in self.ways
