"""Who looks after a test, and the tags it is found by."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from experiments import audit
from experiments.discussion.mentions import members
from experiments.models import AuditAction, Experiment, Store

MOST_TAGS = 10
LONGEST_TAG = 40


def cleaned_tags(texts: Iterable[str]) -> list[str]:
    """Return tags without blanks around them, each once however it is capitalized."""
    tags: dict[str, str] = {}
    for text in texts:
        tag = " ".join(text.split())
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())


def describe(*, experiment: Experiment, owner: User | None, tags: list[str], actor: str) -> None:
    """Store owner and tags, with an entry of the trail where they change."""
    with transaction.atomic():
        # locked, so that the trail has what was there just before
        locked = Experiment.objects.select_for_update(of=("self",)).select_related("owner").get(pk=experiment.pk)
        before = {"owner": name_of(locked.owner), "tags": list(locked.tags)}
        changed = audit.changes(before, {"owner": name_of(owner), "tags": tags})
        if not changed:
            return
        locked.owner, locked.tags = owner, tags
        locked.save(update_fields=["owner", "tags", "updated_at"])
        audit.record(store=experiment.store, experiment=locked, action=AuditAction.CHANGED, actor=actor, detail=changed)


def owner_named(actor: str, store: Store) -> User | None:
    """Return the member who makes a test, to look after it at first; ``None`` where a program made it."""
    return members(store).filter(username=actor).first()


def name_of(user: User | None) -> str | None:
    """Return who it is, as the trail has it."""
    if user is None:
        return None
    return user.get_username()
