"""What became of messages: of the orders that the visitor placed, and of one email after it was delivered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from experiments.models import Store
from journeys.models import CustomerMessage, MessageEvent, Run, SendPoint


@dataclass(slots=True)
class ShopOrderFate:
    """An order, what each journey made of it, and where the console says why."""

    number: str
    runs: list[str] = field(default_factory=list)
    person_url: str = ""


def fates_of(store: Store, numbers: Sequence[str]) -> list[ShopOrderFate]:
    """Return what came of these orders, in their order; nothing yet of one that Offerlift doesn't know."""
    fates = {number: ShopOrderFate(number) for number in numbers}
    runs = Run.objects.filter(store=store, order__external_id__in=numbers).select_related("order", "journey")
    points: dict[int, list[SendPoint]] = {}
    for point in SendPoint.objects.filter(run__in=runs).select_related("message").order_by("at"):
        points.setdefault(point.run_id, []).append(point)
    for run in runs.order_by("due_at", "pk"):
        assert run.order is not None, "as the query asks for"
        fate = fates[run.order.external_id]
        fate.person_url = person_url(store, run.contact_id)
        fate.runs.append(f"{run.journey.name}: {progress_in_words(run, points.get(run.pk, []))}")
    return list(fates.values())


def progress_in_words(run: Run, points: Sequence[SendPoint]) -> str:
    """Say how far a run is."""
    stations = [outcome_in_words(point) for point in points]
    if run.ended_at is None:
        stations.append(f"next step on {run.due_at:%d %B, %H:%M} UTC")
    return ", then ".join(stations) or "over"


def outcome_in_words(point: SendPoint) -> str:
    """Say what became of a send point."""
    message = getattr(point, "message", None)
    if message is None:
        return point.get_verdict_display().lower()
    return f"message {message.get_state_display().lower()}"


def person_url(store: Store, contact_id: int) -> str:
    """Return the console's page of the customer; empty where the console isn't served beside the shop."""
    try:
        return reverse("dashboard:journey_person", args=[store.slug, contact_id])
    except NoReverseMatch:
        return ""


def events_of(message_id: int | None) -> list[tuple[str, datetime]]:
    """Return what was heard of a message to a customer, and when."""
    events = MessageEvent.objects.filter(message=message_id).order_by("at")
    return [(event.get_kind_display(), event.at) for event in events]


def row_of(store: Store, message_id: int | None) -> CustomerMessage | None:
    """Return the message to a customer that an email is."""
    if message_id is None:
        return None
    return CustomerMessage.objects.filter(store=store, pk=message_id).select_related("contact").first()
