"""What the setup page shows of a store: the steps of the installation, the moments, and what to copy."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from hashlib import sha256

from django.http import HttpRequest
from django.urls import reverse

from checkout_widgets.models import ConnectionKind
from dashboard.setup.steps import InstallationStep, MomentCheck, moment_checks, steps_of
from experiments.models import Moment, Store
from experiments.reading.arrivals import Arrivals, arrivals_of
from experiments.reading.replica import read_late

SNIPPET = """<script>window.upsell=window.upsell||function(){{(upsell.q=upsell.q||[]).push(arguments)}}</script>
<script async src="{address}" data-key="{key}"></script>"""
SLOT = '<div data-upsell-slot="{moment}" style="min-height: 200px"></div>'
VISITOR = "<script>upsell('visitor', (id) => { document.querySelector('#visitor_id').value = id })</script>"
ORDER = """curl {address} -H "Authorization: Bearer $OFFERLIFT_SECRET_KEY" -d '{{
  "external_id": "1001", "visitor_id": "v_8f14e45fceea167a", "currency": "{currency}", "status": "paid",
  "placed_at": "2026-11-22T10:02:00Z", "updated_at": "2026-11-22T10:02:00Z",
  "subtotal_minor": 5000, "total_minor": 5000,
  "lines": [{{"sku": "23166", "quantity": 1, "price_minor": 5000}}]
}}'"""


@dataclass(frozen=True)
class Webhook:
    """A shop system, where it has to deliver, and whether its secret is known here."""

    name: str
    address: str
    is_connected: bool


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
        return steps_of(self.arrivals)

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
        shown = (self.steps, self.moments, self.now.strftime("%H:%M"))
        return sha256(repr(shown).encode()).hexdigest()[:16]

    def address(self, name: str, *args: str) -> str:
        """Return the full address of a page of the edge."""
        return self.request.build_absolute_uri(reverse(name, args=args))

    @property
    def snippet(self) -> str:
        """What the store's pages carry."""
        return SNIPPET.format(address=self.address("snippet", "upsell"), key=self.store.site_key)

    @property
    def slots(self) -> str:
        """The places of the offers that run, or of the cart's."""
        slots: dict[str, None] = {}  # several tests at a moment share its slot
        for test in self.arrivals.running:
            if test.moment != Moment.EXIT_INTENT:  # it lies over the page
                slots[SLOT.format(moment=test.moment)] = None
        return "\n".join(slots or [SLOT.format(moment=Moment.CART.value)])

    @property
    def visitor(self) -> str:
        """How the visitor's id gets into the order."""
        return VISITOR

    @property
    def order_call(self) -> str:
        """How a server sends an order."""
        return ORDER.format(address=self.address("orders"), currency=self.store.currency)

    @cached_property
    def webhooks(self) -> list[Webhook]:
        """The shop systems that can deliver."""
        connected = set(self.store.connections.filter(is_active=True).values_list("kind", flat=True))
        webhooks = []
        for kind in ConnectionKind:
            address = self.address("webhook", kind.value, self.store.slug)
            webhooks.append(Webhook(kind.label, address, kind.value in connected))
        return webhooks
