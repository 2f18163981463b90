"""What a store's admin does to its connections: each change is in the audit trail, and no secret is."""

import secrets
from typing import Any

from django.db import transaction

from checkout_widgets.models import Connection
from experiments import audit
from experiments.models import AuditAction, Store


def save_secret(store: Store, kind: str, secret: str, *, actor: str) -> Connection:
    """Connect a shop system by the secret that it signs with, or replace that of a connection there is."""
    with transaction.atomic():
        # Of two forms sent at once the second finds the connection of the first: a store has one of a kind.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        connection = Connection.objects.filter(store=store, kind=kind).first()
        if connection is not None:
            replace_secret(connection, secret, actor=actor)
            return connection
        connection = Connection.objects.create(store=store, kind=kind, secret=secret)
        note(connection, AuditAction.CREATED, actor, {})
    return connection


def replace_secret(connection: Connection, secret: str, *, actor: str) -> None:
    """Replace the secret, by a new one where none is given; the one before stays valid for a week."""
    with transaction.atomic():
        connection.replace_secret(secret or secrets.token_urlsafe(32))
        note(connection, AuditAction.CHANGED, actor, {"secret": ["***", "***"]})


def switch(connection: Connection, *, is_active: bool, actor: str) -> None:
    """Switch a connection off, so that all its deliveries are refused and nobody can connect it again, or on."""
    if connection.is_active == is_active:
        return
    with transaction.atomic():
        connection.is_active = is_active
        connection.save(update_fields=["is_active", "updated_at"])
        note(connection, AuditAction.CHANGED, actor, {"is_active": [not is_active, is_active]})


def note(connection: Connection, action: AuditAction, actor: str, detail: dict[str, Any]) -> None:
    """Write it into the audit trail."""
    audit.record(store=connection.store, action=action, actor=actor, reason=str(connection), detail=detail)
