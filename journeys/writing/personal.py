"""What of a message is one reader's own: links, order, parcel, and products chosen for the reader.

All else is laid out once for all who get the step.

A stand-in takes the place of each personal value while a message is laid out, and the values are filled in for each
reader: that is about a thousand times quicker than laying it out.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from operator import attrgetter

from journeys.writing.context import MessageContext, MessageLinks, ShownItem, ShownOffer, ShownOrder

# Nobody who writes a document or names a product knows it, so that no text is taken for a stand-in.
SECRET = secrets.token_hex(6)
STAND_IN = re.compile(f"personal{SECRET}n([0-9]+)x")


@dataclass(frozen=True, slots=True)
class Blanks:
    """A text with blanks: ``fixed`` are the pieces between them, one more than ``numbers``, the values that go in."""

    fixed: tuple[str, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Blanks":
        """Return a text whose stand-ins are the blanks."""
        pieces = STAND_IN.split(text)
        return cls(tuple(pieces[::2]), tuple(map(int, pieces[1::2])))

    def filled(self, values: list[str], written: Callable[[str], str] = str) -> str:
        """Return the text with a reader's values, each as ``written`` says it is written there."""
        pieces = [self.fixed[0]]
        for number, fixed in zip(self.numbers, self.fixed[1:], strict=True):
            pieces += (written(values[number]), fixed)
        return "".join(pieces)


def personal_values(context: MessageContext) -> list[str]:
    """Return a reader's own values, each of one line, in the order of ``with_stand_ins``."""
    links = context.links
    values = [links.offer, links.unsubscribe, links.preferences, *links.answers.values()]
    if context.order is not None:
        values += [context.order.number, context.order.total, context.order.tracking_url]
        for item in context.order.items:
            values.append(item.title)
    if context.offer is not None and context.offer.is_personal:
        values.append(context.offer.price)
        for item in context.offer.items:
            values += [item.title, item.image_url]
    return [" ".join(value.split()) for value in values]


def with_stand_ins(context: MessageContext) -> MessageContext:
    """Return the context with a stand-in for each of a reader's own values."""
    names = stand_ins()
    links = MessageLinks(
        offer=next(names),
        unsubscribe=next(names),
        preferences=next(names),
        answers={tag: next(names) for tag in context.links.answers},
    )
    order = context.order
    if order is not None:
        order = order_with_stand_ins(order, names)
    offer = context.offer
    if offer is not None and offer.is_personal:
        offer = offer_with_stand_ins(offer, names)
    return replace(context, links=links, order=order, offer=offer)


def order_with_stand_ins(order: ShownOrder, names: Iterator[str]) -> ShownOrder:
    """Return an order of the same shape: as many products, and a parcel where there is one."""
    number, total, tracking_url = next(names), next(names), next(names)
    if not order.tracking_url:
        tracking_url = ""
    items = []
    for item in order.items:
        items.append(ShownItem(title=next(names), quantity=item.quantity))
    return replace(order, number=number, items=items, total=total, tracking_url=tracking_url)


def offer_with_stand_ins(offer: ShownOffer, names: Iterator[str]) -> ShownOffer:
    """Return an offer of the same shape: as many products, each with a picture where it has one."""
    price, items = next(names), []
    for item in offer.items:
        title, image_url = next(names), next(names)
        if not item.image_url:
            image_url = ""
        items.append(ShownItem(title=title, quantity=item.quantity, image_url=image_url))
    return replace(offer, price=price, items=items)


def stand_ins() -> Iterator[str]:
    """Yield the stand-ins of the values, by their number."""
    for number in count():
        yield f"personal{SECRET}n{number}x"


def shape_of(context: MessageContext) -> tuple[object, ...]:
    """Return what two readers' messages of the same words and offer have to have in common to be laid out alike."""
    order: tuple[object, ...] | None = None
    if context.order is not None:
        quantities = map(attrgetter("quantity"), context.order.items)
        order = (bool(context.order.tracking_url), context.order.more_items, *quantities)
    pictures: tuple[bool, ...] | None = None
    if context.offer is not None and context.offer.is_personal:
        pictures = tuple(bool(item.image_url) for item in context.offer.items)
    return str(context.locale), context.is_similar_customer, tuple(context.links.answers), order, pictures
