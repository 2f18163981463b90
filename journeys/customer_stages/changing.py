"""Changes by which days a store's stages begin, and turns them on or off."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from checkout_widgets import store_jobs
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
            store_jobs.queue(refresh_stages_of_store, settings.store_id)
        else:
            refresh.forget(settings.store)


@app.task(lock="refresh_stages")
def refresh_stages_of_store(store_id: int) -> None:
    """Work out the stages of a store that has just changed its days."""
    settings = StageSettings.objects.filter(store=store_id, is_on=True).select_related("store").first()
    if settings is not None:  # deleted, or off again
        refresh.refresh(settings, timezone.now())
