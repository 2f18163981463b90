"""Problems of a day, many at once: what ``journeys.friction`` does for one, and by its rules for how long they last."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from experiments.models import Store
from experiments.sql_columns import columns_of
from journeys.friction import silent_until
from journeys.models import Contact, Friction

SOURCE = "demo"
SILENCE = """
UPDATE journeys_contact AS contact SET friction_until = silence.until
FROM unnest(%(contact_id)s::bigint[], %(until)s::timestamptz[]) AS silence (contact_id, until)
WHERE contact.id = silence.contact_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong for a customer, or was."""

    customer_key: str
    kind: str
    external_id: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactSilence:
    """Until when a contact is left alone."""

    contact_id: int
    until: datetime


def keep_problems(store: Store, problems: Sequence[Problem]) -> None:
    """Store problems, or that they are over, and until when their customers are left alone."""
    if not problems:
        return
    keys = {problem.customer_key for problem in problems}
    contacts = dict(Contact.objects.filter(store=store, customer_key__in=keys).values_list("customer_key", "pk"))
    rows = []
    for problem in problems:
        if problem.customer_key not in contacts:  # erased meanwhile
            continue
        row = Friction(
            contact_id=contacts[problem.customer_key],
            kind=problem.kind,
            source=SOURCE,
            external_id=problem.external_id,
            opened_at=problem.opened_at,
            closed_at=problem.closed_at,
            updated_at=problem.closed_at or problem.opened_at,
        )
        rows.append(row)
    Friction.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["contact", "kind", "source", "external_id"],
        update_fields=["closed_at", "updated_at"],
    )
    with connection.cursor() as cursor:
        cursor.execute(SILENCE, columns_of(("contact_id", "until"), silences_of(contacts.values())))


def silences_of(contact_ids: Collection[int]) -> list[ContactSilence]:
    """Return until when each of these contacts is left alone."""
    ends: dict[int, list[datetime]] = defaultdict(list)
    rows = Friction.objects.filter(contact__in=contact_ids)
    for contact_id, kind, opened_at, closed_at in rows.values_list("contact_id", "kind", "opened_at", "closed_at"):
        ends[contact_id].append(silent_until(kind, opened_at, closed_at))
    return [ContactSilence(contact_id, max(times)) for contact_id, times in ends.items()]
