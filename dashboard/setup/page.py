"""What the setup page shows of a store: its shop system, the steps to connect it, the moments, and its connections."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from hashlib import sha256

from django.http import HttpRequest

from checkout_widgets.models import ConnectionKind
from dashboard.members import is_store_admin
from dashboard.setup.code_to_copy import CodeToCopy
from dashboard.setup.connections import ConnectedShop, connected_shops
from dashboard.setup.shop_systems import ShopChoice, chosen, guess
from dashboard.setup.steps import InstallationStep, MomentCheck, moment_checks, steps_of
from dashboard.setup.trial_orders import TrialOrders
from experiments.models import Store
from experiments.reading.arrivals import Arrivals, arrivals_of
from experiments.reading.replica import read_late

# Somebody sits before the page and waits for the first event.
POLLING_S = 4
SLOW_POLLING_S = 60  # of a store where all works: only times move


@dataclass(frozen=True)
class Webhook:
    """A shop system, where it has to deliver, whether its secret is known here, and whether it never was."""

    kind: str
    name: str
    address: str
    is_connected: bool
    is_new: bool


@dataclass(frozen=True)
class SetupPage:
    """The installation check of one store; ``request`` says under which address it is served."""

    request: HttpRequest
    store: Store
    now: datetime

    @cached_property
    def arrivals(self) -> Arrivals:
        """What has arrived."""
        return read_late(partial(arrivals_of, self.store, self.now))

    @cached_property
    def steps(self) -> list[InstallationStep]:
        """The steps in order."""
        return steps_of(self.arrivals, self.system, self.shops)

    @cached_property
    def moments(self) -> list[MomentCheck]:
        """The moments in the checkout's order."""
        return list(moment_checks(self.arrivals))

    @property
    def done(self) -> int:
        """How many steps work."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def running(self) -> int:
        """How many tests run."""
        return len(self.arrivals.running)

    @property
    def fingerprint(self) -> str:
        """Changes with what is shown; each minute, too, since it shows how long ago things were."""
        shown = (self.system, self.steps, self.moments, self.now.strftime("%H:%M"))
        return sha256(repr(shown).encode()).hexdigest()[:16]

    @property
    def is_awaited(self) -> bool:
        """Whether a step is still to be done: only then is the page asked for again every few seconds."""
        return any(step.state != "done" for step in self.steps)

    @property
    def polling_s(self) -> int:
        """After how many seconds the part that moves is asked for again."""
        if self.is_awaited:
            return POLLING_S
        return SLOW_POLLING_S

    @cached_property
    def code(self) -> CodeToCopy:
        """What the store's pages and servers need, with its own keys."""
        return CodeToCopy(self.request, self.store, tuple(test.moment for test in self.arrivals.running))

    @cached_property
    def shops(self) -> list[ConnectedShop]:
        """The store's connections."""
        return connected_shops(self.store)

    @cached_property
    def chosen(self) -> ShopChoice | None:
        """The shop system that a member chose."""
        return chosen(self.store)

    @cached_property
    def system(self) -> ShopChoice | None:
        """The shop system whose steps are shown; None where nobody chose one and nothing has arrived."""
        return self.chosen or guess([shop.connection for shop in self.shops], self.arrivals.last_order)

    @property
    def systems(self) -> list[ShopChoice]:
        """All that can be chosen."""
        return list(ShopChoice)

    @property
    def is_admin(self) -> bool:
        """Whether the reader may change connections."""
        return is_store_admin(self.request, self.store)

    @cached_property
    def webhooks(self) -> list[Webhook]:
        """The shop systems that can deliver."""
        active = {shop.connection.kind: shop.connection.is_active for shop in self.shops}
        webhooks = []
        for kind in ConnectionKind:
            webhook = Webhook(
                kind=kind.value,
                name=kind.label,
                address=self.code.webhook_address(kind.value),
                is_connected=active.get(kind.value, False),
                is_new=kind.value not in active,
            )
            webhooks.append(webhook)
        return webhooks

    @property
    def webhook(self) -> Webhook | None:
        """Where the store's own shop system delivers; None where that isn't known or has no webhooks."""
        for webhook in self.webhooks:
            if self.system is not None and webhook.kind == self.system.value:
                return webhook
        return None

    @cached_property
    def trials(self) -> TrialOrders:
        """The store's test orders."""
        return TrialOrders(self.store, self.now, self.system, self.shops)
