"""What claimed messages are written from, read for all of them at once: a fixed number of statements, however many."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from babel import Locale

from checkout_widgets.models import Product
from experiments import money
from experiments.models import Order, OrderLine
from journeys.addresses import SealedAddress, open_bytes
from journeys.models import ConsentBasis, CustomerMessage, Shipment
from journeys.writing.context import ShownItem, ShownOrder
from journeys.writing.length import MOST_LISTED


class Letter(NamedTuple):
    """A message as it is written from, its fields in the order of ``COLUMNS``.

    ``step_id`` is None where it answers an act and has no document; ``address_key_id`` and ``address_value`` where the
    address was erased. ``pairs`` is what the send point keeps of offers of pairs.
    """

    message_id: int
    store_id: int
    step_id: int | None
    variant_key: str | None
    topic: str | None
    locale: str
    order_id: int | None
    consent_basis: str | None
    address_digest: str
    channel: str | None
    address_key_id: str | None
    address_value: bytes | None
    pairs: dict[str, Any] | None = None

    @property
    def is_similar_customer(self) -> bool:
        """Whether it rests on what was bought, not on an agreement."""
        return self.consent_basis == ConsentBasis.SOFT_OPT_IN

    def opened_address(self) -> str | None:
        """Return the address in plain text; None where it was erased. Raises ``UnreadableAddress``."""
        if self.address_value is None or self.address_key_id is None or self.channel is None:
            return None
        sealed = SealedAddress(bytes(self.address_value), self.address_key_id)
        return open_bytes(sealed, self.store_id, self.channel).decode()


COLUMNS = (
    *("pk", "store_id", "send_point__step_id", "send_point__variant__key", "send_point__step__topic"),
    *("contact__locale", "send_point__run__order_id", "consent__basis", "address_digest"),
    *("address__channel", "address__key_id", "address__value", "send_point__pairs"),
)


def read_letters(ids: Collection[int]) -> dict[int, Letter]:
    """Return the messages by their IDs; one that is gone isn't there."""
    letters = {}
    for row in CustomerMessage.objects.filter(pk__in=ids).values_list(*COLUMNS):
        letter = Letter(*row)
        letters[letter.message_id] = letter
    return letters


@dataclass(frozen=True, slots=True)
class FollowedOrder:
    """An order that a message follows, before it is written in a language."""

    number: str
    items: tuple[ShownItem, ...]
    total_minor: int
    currency: str
    tracking_url: str

    def shown(self, locale: Locale, *, has_items: bool) -> ShownOrder:
        """Return it for a reader. Without ``has_items`` only the first product, which a text may name."""
        items, more_items = self.items[:MOST_LISTED], max(0, len(self.items) - MOST_LISTED)
        if not has_items:
            items, more_items = items[:1], 0
        return ShownOrder(
            number=self.number,
            items=items,
            total=money.text(self.total_minor, self.currency, locale=str(locale)),
            tracking_url=self.tracking_url,
            more_items=more_items,
        )


def read_orders(store_id: int, letters: Iterable[Letter]) -> dict[int, FollowedOrder]:
    """Return the orders that the messages follow by their row IDs: four statements."""
    order_ids = set()
    for letter in letters:
        if letter.order_id is not None:
            order_ids.add(letter.order_id)
    if not order_ids:
        return {}
    items, tracking_urls = items_of(store_id, order_ids), tracking_urls_of(order_ids)
    orders = {}
    rows = Order.objects.filter(pk__in=order_ids).values_list("pk", "external_id", "total_minor", "currency")
    for pk, number, total_minor, currency in rows:
        orders[pk] = FollowedOrder(number, tuple(items.get(pk, ())), total_minor, currency, tracking_urls.get(pk, ""))
    return orders


def items_of(store_id: int, order_ids: Collection[int]) -> dict[int, list[ShownItem]]:
    """Return what was ordered, by order, named as the catalog names it now."""
    lines = OrderLine.objects.filter(order__in=order_ids).order_by("order", "position")
    rows = list(lines.values_list("order_id", "sku", "quantity"))
    titles = titles_of(store_id, set(map(itemgetter(1), rows)))
    items: dict[int, list[ShownItem]] = {}
    for order_id, sku, quantity in rows:
        items.setdefault(order_id, []).append(ShownItem(title=titles.get(sku, sku), quantity=quantity))
    return items


def titles_of(store_id: int, skus: Collection[str]) -> Mapping[str, str]:
    """Return the catalog's names of products."""
    return dict(Product.objects.filter(store=store_id, sku__in=skus).values_list("sku", "title"))


def tracking_urls_of(order_ids: Collection[int]) -> dict[int, str]:
    """Return where each order's newest parcel is, for those who say it over a line that others can't read."""
    parcels = Shipment.objects.filter(order__in=order_ids).exclude(tracking_url="").order_by("order", "updated_at")
    urls = {}
    for order_id, url in parcels.values_list("order_id", "tracking_url"):
        urls[order_id] = secure(url)  # of the newest, which is the last
    return urls


def secure(url: str) -> str:
    """Return an address that a message may name; empty where it is loaded over a line that others can read."""
    if url.startswith("https://"):
        return url
    return ""
