"""When a message that did not arrive is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Job

from experiments.notifications import tasks
from experiments.notifications.outgoing import NotDelivered


def wait_s(attempts: int, exception: Exception) -> float | None:
    """The seconds until the next attempt, after so many before this one."""
    job = Job(id=1, queue="notifications", lock=None, queueing_lock=None, task_name="post_message", attempts=attempts)
    before = datetime.now(UTC)
    assert tasks.post_message.retry_strategy
    decision = tasks.post_message.retry_strategy.get_retry_decision(exception=exception, job=job)
    if decision is None:
        return None
    assert decision.retry_at
    return (decision.retry_at - before).total_seconds()


def asking(**wait: float) -> NotDelivered:
    return NotDelivered("It answered 503", status=503, retry_at=datetime.now(UTC) + timedelta(**wait))


def test_message_is_tried_eight_more_times_in_about_a_day():
    waits = [wait_s(attempts, NotDelivered("It answered 500")) for attempts in range(9)]
    assert waits[:8] == pytest.approx([4, 16, 64, 256, 1024, 4096, 16384, 65536], abs=2)
    assert waits[8] is None


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [({"minutes": 10}, 600), ({"seconds": 0}, 4), ({"days": -1}, 4), ({"days": 1000}, 86_400)],
)
def test_receiver_may_ask_for_a_later_attempt_within_bounds(wait, seconds):
    assert wait_s(0, asking(**wait)) == pytest.approx(seconds, abs=2)


def test_receiver_can_not_ask_for_more_attempts_than_there_are():
    assert wait_s(8, asking(minutes=1)) is None


def test_failure_of_another_kind_waits_as_planned():
    assert wait_s(1, ValueError("a fault of ours")) == pytest.approx(16, abs=2)
