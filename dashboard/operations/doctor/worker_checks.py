"""Whether the worker does its jobs, and what it couldn't do."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from checkout_widgets.models import Delivery, DeliveryStatus
from dashboard.operations.collector import oldest_job
from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from experiments.models import WebhookAttempt, WebhookTarget

SILENT_AFTER = timedelta(minutes=2)  # procrastinate's workers tell every ten seconds that they live
LATE_AFTER = timedelta(minutes=5)  # outcomes and guardrails are due every minute: some rounds were missed


def check_worker() -> Iterator[Diagnosis]:
    """Look at the worker and at its queue."""
    now = timezone.now()
    heartbeat = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    oldest = oldest_job(now)
    if heartbeat is None or now - heartbeat > SILENT_AFTER:
        yield problem("Worker", "No worker runs: webhooks, looks and e-mails wait.", "Start: manage.py worker")
    elif oldest is not None and now - oldest > LATE_AFTER:
        minutes = (now - oldest).total_seconds() / 60
        text = f"It runs, but the oldest job has waited for {minutes:.0f} minutes."
        yield warning("Worker", text, "Start another worker, or look for errors in its log.")
    else:
        yield ok("Worker", "It runs, and no job waits for long.")
    yield from about_failures()


def about_failures() -> Iterator[Diagnosis]:
    """Say what was given up and waits for somebody."""
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if failed:
        text = f"{failed} failed for good."
        yield warning("Jobs", text, "Look at the worker's log; the admin lists them under Procrastinate jobs.")
    dead = Delivery.objects.filter(status=DeliveryStatus.DEAD).count()
    if dead:
        text = f"{dead} from shop systems couldn't be processed, so orders may be missing."
        yield problem("Deliveries", text, "Read the reasons on the setup page, then choose Try again there.")
    newest = WebhookAttempt.objects.filter(target=OuterRef("pk")).order_by("-at", "-pk")
    targets = WebhookTarget.objects.filter(is_active=True)
    failing = targets.annotate(error=Subquery(newest.values("error")[:1])).filter(error__gt="").count()
    if failing:
        text = f"{failing} webhook targets refused the last message."
        yield warning("Webhook targets", text, "The admin lists each attempt under Webhook targets.")
