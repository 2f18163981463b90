"""Two contacts that turn out to be one: a guest whose address a known customer has.

The key that was used first for assignment stays (``experiments/accounting``), and everything of the other contact
follows: addresses with their consent, runs, send points, messages, answers, problems and contracts.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.models import ConfirmationAnswer
from experiments.accounting.merging import merge_customers
from experiments.customer_keys import customer_key, guest_key
from experiments.models import Order, Store
from journeys import friction
from journeys.models import (
    Address,
    Contact,
    Contract,
    CustomerMessage,
    Friction,
    QuestionAnswer,
    Run,
    SendPoint,
)

# What moves as it is. Runs and problems have constraints of their own, below.
MOVED = (Address, SendPoint, CustomerMessage, QuestionAnswer, Contract)


def guest_to_merge(store: Store, key: str, news: CustomerNews) -> str:
    """Return the key of the guest who turns out to be the customer of this key; empty where there was none."""
    if not news.customer_id:
        return ""
    guest = guest_key(store.pk, news.address)
    if not guest or guest == key:
        return ""
    has_contact = Contact.objects.filter(store=store, customer_key=guest).exists()
    if has_contact or Order.objects.filter(store=store, customer_key=guest).exists():
        return guest
    return ""


def former_to_merge(store: Store, news: CustomerNews) -> str:
    """Return the key of a customer's record that the shop has merged into another; empty where nobody knew it."""
    if not news.former_customer_id or news.former_customer_id == news.customer_id:
        return ""
    former = customer_key(store.pk, customer_id=news.former_customer_id)
    has_contact = Contact.objects.filter(store=store, customer_key=former).exists()
    if has_contact or Order.objects.filter(store=store, customer_key=former).exists():
        return former
    return ""


def merge_guest(store: Store, guest: str, known: str) -> None:
    """Make one customer of a guest and a known one, under the key of whoever ordered first."""
    earlier, later = guest, known
    first = Order.objects.filter(store=store, customer_key__in=(guest, known)).order_by("placed_at", "pk").first()
    if first is not None and first.customer_key == known:
        earlier, later = known, guest
    kept = merge_customers(store.pk, earlier, later)
    for other in {guest, known} - {kept}:
        merge_contacts(store, kept, other)


def merge_contacts(store: Store, kept_key: str, other_key: str) -> None:
    """Make one contact of two, under the kept key; nothing where there is no contact under the other."""
    with transaction.atomic():
        # Locked in the order of their keys, against a merge of the same two the other way round.
        both = Contact.objects.select_for_update().filter(store=store, customer_key__in={kept_key, other_key})
        contacts = {contact.customer_key: contact for contact in both.order_by("customer_key")}
        other = contacts.get(other_key)
        if other is None or kept_key == other_key:
            return
        ConfirmationAnswer.objects.filter(store=store, customer_key=other_key).update(customer_key=kept_key)
        kept = contacts.get(kept_key)
        if kept is None:
            Contact.objects.filter(pk=other.pk).update(customer_key=kept_key)
            return
        move(other, kept)
        combine(kept, other)


def move(other: Contact, kept: Contact) -> None:
    """Give everything of one contact to the other."""
    same_run = Run.objects.filter(contact=kept, journey=OuterRef("journey"), occasion=OuterRef("occasion"))
    # One run of a journey for an occasion, and one problem of a cause, is all there may be: a second of the other
    # contact goes, with what came of it.
    Run.objects.filter(Exists(same_run), contact=other).delete()
    Run.objects.filter(contact=other).update(contact=kept)
    same_problem = Friction.objects.filter(
        contact=kept, kind=OuterRef("kind"), source=OuterRef("source"), external_id=OuterRef("external_id")
    )
    Friction.objects.filter(Exists(same_problem), contact=other).delete()
    Friction.objects.filter(contact=other).update(contact=kept)
    for model in MOVED:
        model._default_manager.filter(contact=other).update(contact=kept)


def combine(kept: Contact, other: Contact) -> None:
    """Fill what the kept contact doesn't say, and delete the other."""
    kept.locale = kept.locale or other.locale
    kept.timezone = kept.timezone or other.timezone
    kept.country = kept.country or other.country
    kept.seen_at = max(kept.seen_at, other.seen_at)
    kept.last_send_point_at = newest(kept.last_send_point_at, other.last_send_point_at)
    kept.save()
    other.delete()
    friction.recompute(kept)


def newest(*times: datetime | None) -> datetime | None:
    """Return the newest of the times that are known."""
    return max(filter(None, times), default=None)
