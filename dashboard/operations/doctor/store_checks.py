"""Whether each store's pages can ask, and do."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.db.models import Max
from django.utils import timezone

from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from dashboard.operations.doctor.settings_checks import LOOPBACK
from experiments.models import DecisionDay, Experiment, Source, Status, Store


def check_stores() -> Iterator[Diagnosis]:
    """Look at each store that has a live test or an allowed origin."""
    asked = dict(DecisionDay.objects.values_list("store").annotate(Max("day")).order_by())
    running = set(Experiment.objects.filter(status=Status.RUNNING, source=Source.LIVE).values_list("store", flat=True))
    for store in Store.objects.order_by("slug"):
        yield from about_store(store, is_running=store.pk in running, last_asked=asked.get(store.pk))


def about_store(store: Store, *, is_running: bool, last_asked: object) -> Iterator[Diagnosis]:
    """Look at one store."""
    subject = f"Store {store.slug}"
    if not store.allowed_origins:
        if is_running:
            fix = "Add the shop's address, such as https://shop.example, in the store's settings."
            yield problem(subject, "A test runs, but no page may ask: there is no allowed origin.", fix)
        return
    found = list(about_origins(subject, store.allowed_origins))
    yesterday = (timezone.now() - timedelta(days=1)).date()
    if is_running and (last_asked is None or last_asked < yesterday):  # type: ignore[operator]
        text = "A test runs, but no page has asked since yesterday."
        found.append(warning(subject, text, "The setup page says what is missing on the shop's pages."))
    yield from found or [ok(subject, "Its pages may ask.")]


def about_origins(subject: str, origins: list[str]) -> Iterator[Diagnosis]:
    """Name the origins that browsers would never send."""
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.rstrip("/"):
            fix = "Write scheme and host alone, such as https://shop.example."
            yield problem(subject, f"{origin} isn't an origin.", fix)
        elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
            yield warning(subject, f"{origin} is not encrypted.", "Serve the shop with TLS, and write https://.")
