"""Changes by which days a store's stages begin, and turns them on or off."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from experiments import audit
from experiments.models import AuditAction
from journeys.customer_stages import refresh
from journeys.models import StageSettings

FIELDS = ("is_on", "arrival_days", "thresholds")


def save(settings: StageSettings, *, actor: str) -> None:
    """Keep a store's settings, and have its stages worked out by them; nothing where nothing has changed."""
    with transaction.atomic():
        before = StageSettings.objects.filter(pk=settings.pk).first() or StageSettings(store=settings.store)
        changed = audit.changes(audit.values(before, FIELDS), audit.values(settings, FIELDS))
        if not changed:
            return
        settings.save()
        audit.record(store=settings.store, action=AuditAction.STAGES_CHANGED, actor=actor, detail=changed)
        if settings.is_on:
            refresh_soon(settings.store_id)
        else:
            refresh.forget(settings.store)


def refresh_soon(store_id: int) -> None:
    """Have the worker work out a store's stages; not twice at once."""
    try:
        with transaction.atomic():
            job = refresh_stages_of_store.configure(queueing_lock=f"stages:{store_id}", lock="refresh_stages")
            job.defer(store_id=store_id)
    except AlreadyEnqueued:
        return


@app.task
def refresh_stages_of_store(store_id: int) -> None:
    """Work out the stages of a store that has just changed its days."""
    settings = StageSettings.objects.filter(store=store_id, is_on=True).select_related("store").first()
    if settings is not None:  # deleted, or off again
        refresh.refresh(settings, timezone.now())
