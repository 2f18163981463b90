"""What the worker does to tell: one job for each reader and each address, so that one that fails costs no other."""

import time

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from experiments.models import AuditEntry, Endpoint
from experiments.notifications import mail, outgoing
from experiments.notifications.message import message_of

ATTEMPTS = RetryStrategy(max_attempts=8, exponential_wait=4)  # after 4 s, 16 s, ... about six hours


@app.task(queue="notifications")
def tell(entry_id: int) -> None:
    """Queue an e-mail for each member and a message for each address that wants to know of an entry."""
    entry = AuditEntry.objects.select_related("store", "experiment__store").filter(pk=entry_id).first()
    message = message_of(entry) if entry else None
    if entry is None or message is None:
        return
    for address in mail.recipients(entry.store, message.topic):
        send_mail.defer(address=address, subject=message.subject, text=message.text)
    for endpoint in Endpoint.objects.filter(
        store=entry.store, is_active=True, topics__contains=[message.topic.value]
    ).values_list("pk", flat=True):
        post_message.defer(endpoint_id=endpoint, entry_id=entry.pk)


@app.task(queue="notifications", retry=ATTEMPTS)
def send_mail(address: str, subject: str, text: str) -> None:
    """One e-mail."""
    mail.send(address, subject, text)


@app.task(queue="notifications", retry=ATTEMPTS)
def post_message(endpoint_id: int, entry_id: int) -> None:
    """One signed message; what came of the attempt is kept with the address."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, is_active=True).first()
    entry = AuditEntry.objects.select_related("store", "experiment__store").filter(pk=entry_id).first()
    message = message_of(entry) if entry else None
    if endpoint is None or entry is None or message is None:
        return
    body = outgoing.body_of(f"experiment.{entry.action}", entry.at.isoformat(), message.data)
    try:
        status = outgoing.post(endpoint.url, endpoint.secret, f"msg_{entry.pk}", int(time.time()), body)
    except outgoing.NotDelivered as error:
        note(endpoint, str(error))
        if not error.is_final:
            raise
    else:
        note(endpoint, f"Answered {status}")


def note(endpoint: Endpoint, result: str) -> None:
    """Keep what came of the last attempt."""
    Endpoint.objects.filter(pk=endpoint.pk).update(last_attempt_at=timezone.now(), last_result=result[:200])


@app.periodic(cron="0 6 * * 1")
@app.task(queue="notifications", queueing_lock="send_digests")
def send_digests(timestamp: int) -> None:
    """Each Monday, how the running tests stand."""
    for store, text, addresses in mail.digests():
        for address in addresses:
            send_mail.defer(address=address, subject=f"{store.name}: the running tests", text=text)
