"""What merchandisers say of pairs: pinned, banned, or neither any more; each with an entry in the audit trail."""

from django.db import transaction

from checkout_widgets.models import ChosenPair
from checkout_widgets.recommending.lists import new_version
from experiments import audit
from experiments.models import AuditAction, Store


def choose(choice: ChosenPair, *, actor: str) -> None:
    """Pin or ban a pair. Raises ``ValidationError``, by field where it is one's fault."""
    choice.created_by = actor
    action = AuditAction.PAIR_PINNED
    if choice.is_banned:
        action = AuditAction.PAIR_BANNED
    with transaction.atomic():
        # Against two at once: both would find the pair free.
        Store.objects.select_for_update(no_key=True).get(pk=choice.store_id)
        choice.full_clean()
        choice.save()
        new_version(choice.store)
        note(choice, action, actor)


def forget(choice: ChosenPair, *, actor: str) -> None:
    """Leave the pair to what is counted again."""
    with transaction.atomic():
        note(choice, AuditAction.PAIR_RELEASED, actor)
        new_version(choice.store)
        choice.delete()


def note(choice: ChosenPair, action: AuditAction, actor: str) -> None:
    """Write down what was said of the pair."""
    detail = {"suggested": choice.suggested.sku}
    if choice.product is not None:
        detail["product"] = choice.product.sku
    if choice.category:
        detail["category"] = choice.category
    audit.record(store=choice.store, action=action, actor=actor, reason=choice.reason, detail=detail)
