"""A store's connections to shop systems, and the last webhook of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from checkout_widgets.models import Connection, Delivery, DeliveryStatus
from experiments.models import Store

# As a plugin names what it runs on.
NAMES = {"plugin": "Offerlift", "woocommerce": "WooCommerce", "wordpress": "WordPress", "php": "PHP"}


@dataclass(frozen=True)
class ConnectedShop:
    """A connection with its last delivery, which was no test order; None before the first."""

    connection: Connection
    last_at: datetime | None
    last_topic: str
    last_status: str

    @property
    def name(self) -> str:
        """Which shop system it is."""
        return str(self.connection.get_kind_display())

    @property
    def versions(self) -> str:
        """What the shop runs on, as its plugin said."""
        return ", ".join(versions_of(self.connection.site_versions))

    @property
    def is_by_plugin(self) -> bool:
        """Whether a plugin connected it, which knows the secret without a person."""
        return self.connection.connected_at is not None

    @property
    def status_label(self) -> str:
        """What became of the last delivery."""
        return str(DeliveryStatus(self.last_status).label)

    @property
    def has_failed(self) -> bool:
        """Whether the last delivery was given up."""
        return self.last_status == DeliveryStatus.DEAD


def versions_of(versions: Mapping[str, str]) -> list[str]:
    """Return names and versions as a reader knows them: the shop's before what it runs on."""
    order = [*NAMES, *sorted(versions)]  # the database keeps no order
    names = sorted(versions, key=order.index)
    return [f"{NAMES.get(name, name)} {versions[name]}" for name in names]


def connected_shops(store: Store) -> list[ConnectedShop]:
    """Read the store's connections in one query."""
    last = last_deliveries()
    connections = store.connections.annotate(
        last_at=Subquery(last.values("received_at")[:1]),
        last_topic=Subquery(last.values("topic")[:1]),
        last_status=Subquery(last.values("status")[:1]),
    )
    shops = []
    for connection in connections.order_by("kind"):
        connection.store = store  # known: no query for it
        shops.append(
            ConnectedShop(
                connection,
                last_at=connection.last_at,
                last_topic=connection.last_topic or "",
                last_status=connection.last_status or "",
            )
        )
    return shops


def last_deliveries() -> QuerySet[Delivery]:
    """Query the newest deliveries of an outer query's connection, without those of test orders, which we sent."""
    real = Delivery.objects.filter(connection=OuterRef("pk"), trial_order=None)
    return real.order_by("-received_at")
