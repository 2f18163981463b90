"""What is wrong for a contact, and until when nothing is offered because of it.

A problem silences everything while it is open, and for a while after. Sources repeat themselves and come late, so the
newest statement of a problem holds; of two of the same time, the one that keeps it open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checkout_widgets.customer_news import FrictionNews
from experiments.models import Order, OrderStatus, Refund
from journeys import silencing
from journeys.handing_over import hand_over
from journeys.models import Contact, Friction, FrictionKind

ORDER = "order"  # the source of what follows from a stored order


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a problem silences offers: ``after`` it is over, and at most ``open_for`` where nobody closes it."""

    after: timedelta
    open_for: timedelta


SILENCES = {
    FrictionKind.RETURN: Silence(after=timedelta(days=14), open_for=timedelta(days=60)),
    FrictionKind.TICKET: Silence(after=timedelta(days=7), open_for=timedelta(days=60)),
    FrictionKind.LATE: Silence(after=timedelta(days=3), open_for=timedelta(days=30)),
    FrictionKind.PAYMENT: Silence(after=timedelta(days=1), open_for=timedelta(days=14)),
    FrictionKind.LOW_SCORE: Silence(after=timedelta(days=30), open_for=timedelta(days=30)),
}


def silent_until(kind: str, opened_at: datetime, closed_at: datetime | None) -> datetime:
    """Return until when a problem silences offers."""
    silence = SILENCES[FrictionKind(kind)]
    if closed_at is None:
        return opened_at + silence.open_for
    return max(opened_at, closed_at) + silence.after


def is_silent(contact: Contact, now: datetime) -> bool:
    """Return whether nothing may be offered to the contact now."""
    return contact.friction_until is not None and now < contact.friction_until


def record(contact: Contact, source: str, problems: Iterable[FrictionNews], order: Order | None = None) -> None:
    """Keep what a source says of a contact's problems. The caller holds the contact's row in its transaction."""
    opened = []
    for news in problems:
        if news.kind == FrictionKind.PAYMENT and is_paid_since(order, news):
            continue
        if keep(contact, source, news) and news.closed_at is None:
            opened.append(news)
    recompute(contact)
    for news in opened:
        hand_over(contact, news.kind, news.opened_at, order)


def is_paid_since(order: Order | None, news: FrictionNews) -> bool:
    """Return whether an older statement calls a payment failed that has gone through since."""
    if order is None or news.closed_at is not None:
        return False
    return order.status == OrderStatus.PAID and order.updated_at > news.updated_at


def keep(contact: Contact, source: str, news: FrictionNews) -> bool:
    """Store a problem, or bring it up to date; return whether it is new."""
    known = Friction.objects.filter(
        contact=contact, kind=news.kind, source=source, external_id=news.external_id
    ).first()
    if known is not None:
        bring_up_to_date(known, news)
        return False
    if news.kind == FrictionKind.PAYMENT and news.closed_at is not None:
        return False  # a payment that went through, as nearly all do: there never was a problem
    Friction.objects.create(
        contact=contact,
        kind=news.kind,
        source=source,
        external_id=news.external_id,
        opened_at=news.opened_at,
        closed_at=news.closed_at,
        updated_at=news.updated_at,
    )
    return True


def bring_up_to_date(known: Friction, news: FrictionNews) -> None:
    """Let the newest statement say whether the problem is over, and the earliest since when there is one."""
    is_as_new = news.updated_at == known.updated_at
    if news.updated_at > known.updated_at or (is_as_new and news.closed_at is None):
        known.closed_at, known.updated_at = news.closed_at, news.updated_at
    known.opened_at = min(known.opened_at, news.opened_at)
    known.save(update_fields=["opened_at", "closed_at", "updated_at"])


def record_refunds(contact: Contact, order: Order) -> None:
    """Make a problem of each refund of a contact's order: over at once, but not to be sold into."""
    problems = []
    for external_id, at in Refund.objects.filter(order=order).values_list("external_id", "refunded_at"):
        problems.append(refund_news(order, external_id, at))
    if problems:
        record(contact, ORDER, problems, order)


def refund_news(order: Order, external_id: str, at: datetime) -> FrictionNews:
    """Return a refund as a problem."""
    return FrictionNews(
        kind=FrictionKind.RETURN,
        external_id=f"{order.external_id}:{external_id}",
        opened_at=at,
        updated_at=at,
        closed_at=at,
    )


def recompute(contact: Contact) -> None:
    """Work out again until when the contact is left alone, here and on the store's pages."""
    until: datetime | None = None
    rows = Friction.objects.filter(contact=contact).values_list("kind", "opened_at", "closed_at")
    for kind, opened_at, closed_at in rows:
        end = silent_until(kind, opened_at, closed_at)
        if until is None or end > until:
            until = end
    if until == contact.friction_until:
        return
    contact.friction_until = until
    contact.save(update_fields=["friction_until"])
    silencing.silence_on_site(contact)
