"""What the doctor says of the worker."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dashboard.operations.doctor.worker_checks import check_worker
from experiments.models import WebhookAttempt, WebhookTarget
from tests import factories

pytestmark = pytest.mark.django_db


def found() -> dict[str, str]:
    return {one.subject: one.severity for one in check_worker()}


def beat(ago: timedelta = timedelta(0)) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now() - ago])


def queue(status: str, due_ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES ('q', 't', %s, %s)",
            [status, timezone.now() - due_ago],
        )


def attempt(target: WebhookTarget, *, minutes_ago: int, error: str = "") -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    WebhookAttempt.objects.create(target=target, message_id="m", message_type="t", at=at, duration_ms=1, error=error)


def test_worker_that_runs_is_said_to():
    beat()
    assert found() == {"Worker": "ok"}


def test_worker_that_has_been_silent_is_a_problem():
    assert found() == {"Worker": "problem"}
    beat(timedelta(minutes=3))
    assert found() == {"Worker": "problem"}


def test_job_that_waits_for_long_is_a_warning():
    beat()
    queue("todo", timedelta(minutes=6))
    assert found() == {"Worker": "warning"}


def test_what_was_given_up_is_said():
    beat()
    queue("failed", timedelta(minutes=6))
    store = factories.make_store()
    factories.make_delivery(store)
    target = WebhookTarget.objects.create(store=store, url="https://team.example/hook")
    for minutes, error in ((2, ""), (1, "No answer.")):
        at = timezone.now() - timedelta(minutes=minutes)
        WebhookAttempt.objects.create(
            target=target, message_id="m", message_type="t", at=at, duration_ms=1, error=error
        )
    assert found() == {"Worker": "ok", "Jobs": "warning", "Deliveries": "problem", "Webhook targets": "warning"}
    attempt(target, minutes_ago=0)
    assert "Webhook targets" not in found()
