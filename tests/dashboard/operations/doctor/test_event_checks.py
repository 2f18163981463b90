from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.analytics_database import analytics_shards
from dashboard.operations.collector import event_metrics
from dashboard.operations.doctor.diagnosis import Severity
from dashboard.operations.doctor.event_checks import check_events
from experiments.models import EventBatch, EventErasure

pytestmark = pytest.mark.django_db


def batch(state: str, days: float, **fields: Any) -> EventBatch:
    at = timezone.now() - timedelta(days=days)
    return EventBatch.objects.create(
        part=at.date(), state=state, first_received_at=at, last_received_at=at, rows=1000, **fields
    )


def found() -> list[tuple[Severity, str]]:
    return [(diagnosis.severity, diagnosis.text) for diagnosis in check_events()]


def test_doctor_says_nothing_where_events_stay_in_postgresql():
    assert found() == []


def test_doctor_finds_moved_events_that_nobody_can_read():
    batch("moved", 10)
    ((severity, text),) = found()
    assert (severity, "ANALYTICS_URL isn't set" in text) == (Severity.PROBLEM, True)


def test_doctor_finds_servers_that_are_away_and_what_waits_for_them(settings):
    settings.ANALYTICS_SHARDS = analytics_shards("clickhouse://127.0.0.1:1,127.0.0.1:2/offerlift")
    batch("copying", 3)
    EventErasure.objects.create(store_id=1, visitor_id="v_1", requested_at=timezone.now() - timedelta(hours=2))
    (first, _), (second, _), (waiting, text), (erasing, _) = found()
    assert (first, second, waiting, erasing) == (Severity.PROBLEM, Severity.PROBLEM, Severity.WARNING, Severity.PROBLEM)
    assert "wait to be copied" in text


def test_metrics_say_what_moved_and_how_long_anything_waits():
    batch("moved", 10)
    batch("moved", 9)
    batch("copying", 2)
    batch("copied", 3)
    EventErasure.objects.create(store_id=1, visitor_id="v_1", requested_at=timezone.now() - timedelta(hours=1))
    values = {metric.name: metric.samples[0].value for metric in event_metrics(timezone.now())}
    assert values["offerlift_moved_events"] == 2000
    assert values["offerlift_events_waiting_seconds"] == pytest.approx(2 * 86400, abs=60)
    assert values["offerlift_event_erasure_seconds"] == pytest.approx(3600, abs=60)
