"""What is kept of attempts to tell a store's own system."""

import json
from datetime import timedelta

import pytest

from experiments import audit
from experiments.models import AuditAction, AuditEntry, WebhookAttempt, WebhookTarget
from experiments.notifications import attempts, tasks
from experiments.notifications.outgoing import NotDelivered
from tests import factories
from tests.experiments.notifications.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@pytest.fixture
def entry() -> AuditEntry:
    experiment = factories.make_experiment()
    return audit.record(
        store=experiment.store, experiment=experiment, action=AuditAction.PAUSED, actor="ada", reason="Slow"
    )


def tell(entry: AuditEntry, url: str) -> WebhookTarget:
    target, _ = WebhookTarget.objects.get_or_create(store=entry.store, url=url)
    tasks.post_message.func(endpoint_id=target.pk, entry_id=entry.pk)
    target.refresh_from_db()
    return target


def test_message_that_arrives_is_kept_with_its_answer(entry):
    with receiver() as (url, received):
        target = tell(entry, url)
    message = json.loads(received[0][1])
    assert message["type"] == "experiment.paused"
    assert (message["data"]["experiment"], message["data"]["reason"]) == (entry.experiment.key, "Slow")
    assert received[0][0]["webhook-id"] == f"msg_{entry.pk}"
    attempt = target.attempts.get()
    assert (attempt.message_id, attempt.message_type) == (f"msg_{entry.pk}", "experiment.paused")
    assert (attempt.status, attempt.error) == (204, "")
    assert 0 <= attempt.duration_ms < 60_000
    assert (target.last_result, target.last_attempt_at) == ("Answered 204", attempt.at)


def test_message_that_may_arrive_later_is_kept_and_tried_again(entry):
    with receiver(503) as (url, _), pytest.raises(NotDelivered):
        tell(entry, url)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (503, "It answered 503")
    assert attempt.target.last_result == "It answered 503"


@pytest.mark.parametrize("status", [400, 404, 410])
def test_message_that_is_refused_for_good_is_kept_and_not_tried_again(entry, status):
    with receiver(status) as (url, _):
        target = tell(entry, url)
    assert [(attempt.status, attempt.error) for attempt in target.attempts.all()] == [(status, f"It answered {status}")]


def test_message_to_a_forbidden_address_is_kept_without_an_answer(entry, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    target = tell(entry, "https://127.0.0.1/")
    attempt = target.attempts.get()
    assert (attempt.status, attempt.error) == (None, "The host is not on the public internet")
    assert target.last_result == attempt.error


def test_message_that_is_tried_twice_is_kept_twice_under_one_id(entry):
    with receiver() as (url, received):
        tell(entry, url)
        target = tell(entry, url)
    assert target.attempts.count() == 2
    assert {headers["webhook-id"] for headers, _ in received} == {f"msg_{entry.pk}"}


def test_attempt_of_an_address_that_was_deleted_meanwhile_is_not_kept(entry):
    target = WebhookTarget.objects.create(store=entry.store, url="https://shop.example/")
    attempt = WebhookAttempt(target=target, message_id="msg_1", message_type="a", at=factories.NOON, duration_ms=1)
    WebhookTarget.objects.all().delete()
    attempts.save_attempt(attempt)
    assert not WebhookAttempt.objects.exists()


def test_attempts_are_forgotten_after_thirty_days(entry):
    target = WebhookTarget.objects.create(store=entry.store, url="https://shop.example/")
    for days in (29, 31):
        at = factories.NOON - timedelta(days=days)
        target.attempts.create(message_id=f"msg_{days}", message_type="a", at=at, duration_ms=1)
    attempts.forget_old(factories.NOON)
    assert [attempt.message_id for attempt in target.attempts.all()] == ["msg_29"]
