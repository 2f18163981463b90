"""What follows from answers on the confirmation page, once an order says who answered: a low score is a problem.

A browser answers before anybody knows whose it is. Every two minutes the worker looks for orders of those who answered.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from checkout_widgets.customer_news import FrictionNews
from checkout_widgets.models import ConfirmationAnswer
from experiments.models import Order
from experiments.sql_files import read_sql
from journeys import friction, scores
from journeys.models import Contact, Friction, FrictionKind

SOURCE = "confirmation"
OPEN_ANSWERS = read_sql(__file__, "open_answers")
WAIT = timedelta(days=7)  # orders come within minutes; of older answers nobody knows more later
AT_ONCE = 2_000


class OpenAnswer(NamedTuple):
    """An answer that nothing has followed from yet, with the order after which it was given."""

    answer_id: int
    store_id: int
    order_id: int
    customer_key: str


def follow_up(now: datetime) -> int:
    """Link answers to the customers whom orders name, and note low scores; return how many were linked."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ANSWERS, {"since": now - WAIT, "most": AT_ONCE})
        found = list(map(OpenAnswer._make, cursor.fetchall()))
    for one in found:
        follow_up_on(one)
    return len(found)


def follow_up_on(found: OpenAnswer) -> None:
    """Link an answer to its customer, with what follows from a score."""
    with transaction.atomic():
        # Contacts first, as news of the same customer locks them; then the answer, against another one at this instant.
        contact = (
            Contact.objects.select_for_update().filter(store=found.store_id, customer_key=found.customer_key).first()
        )
        answer = ConfirmationAnswer.objects.select_for_update().filter(pk=found.answer_id, is_followed_up=False).first()
        if answer is None:  # erased meanwhile
            return
        answer.customer_key = found.customer_key
        # What the shop says of the customer may still be on its way: a problem needs the contact.
        answer.is_followed_up = contact is not None or not scores.is_low(answer.tag)
        answer.save(update_fields=["customer_key", "is_followed_up"])
        if contact is not None:
            note_score(contact, answer, Order.objects.filter(pk=found.order_id).first())


def note_score(contact: Contact, answer: ConfirmationAnswer, order: Order | None) -> None:
    """Note a low score as a problem; a higher one that takes its place ends that."""
    if scores.score_of(answer.tag) is None:
        return
    if scores.is_low(answer.tag):
        news = FrictionNews(
            kind=FrictionKind.LOW_SCORE, external_id=str(answer.pk), opened_at=answer.at, updated_at=answer.at
        )
        friction.record(contact, SOURCE, [news], order)
        return
    of_answer = Friction.objects.filter(contact=contact, kind=FrictionKind.LOW_SCORE, source=SOURCE)
    of_answer.filter(external_id=str(answer.pk)).delete()
    friction.recompute(contact)
