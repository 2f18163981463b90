"""Changes the question on a store's confirmation page, and counts what shoppers answered to it."""

from collections import Counter

from django.db import transaction
from django.db.models import Count

from checkout_widgets.models import ConfirmationAnswer, ConfirmationQuestion
from experiments import audit
from experiments.models import AuditAction, Store

FIELDS = ("is_on", "is_score", "text", "choices", "translations")


def question_of(store: Store) -> ConfirmationQuestion:
    """Return the store's question; a blank one, which isn't stored, where it has none."""
    return ConfirmationQuestion.objects.filter(store=store).first() or ConfirmationQuestion(store=store)


def save(question: ConfirmationQuestion, *, actor: str) -> None:
    """Keep the question as it is now, with an entry in the audit trail; nothing where nothing has changed.

    With other tags it is another question: answers to the one before are counted apart.
    """
    with transaction.atomic():
        # Against another member who saves at this instant: both would give it the same number.
        Store.objects.select_for_update(no_key=True).get(pk=question.store_id)
        before = question_of(question.store)
        changed = audit.changes(audit.values(before, FIELDS), audit.values(question, FIELDS))
        if not changed:
            return
        question.pk, question.number = before.pk, before.number
        if before.tags and set(before.tags) != set(question.tags):
            question.number += 1
        question.save()
        audit.record(store=question.store, action=AuditAction.QUESTION_CHANGED, actor=actor, detail=changed)


def count_answers(question: ConfirmationQuestion) -> Counter[str]:
    """Return how many visitors gave each answer to the question as it is now, by tag."""
    answers = ConfirmationAnswer.objects.filter(store=question.store, number=question.number)
    return Counter(dict(answers.values_list("tag").annotate(Count("pk")).order_by()))
