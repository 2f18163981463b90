"""Changed days are worked out by the worker; turned off, nothing is left of anybody."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import ShopperStages
from experiments.models import AuditEntry
from journeys.customer_stages import changing, refresh
from journeys.models import ContactStage, StageSettings
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db


def jobs():
    return list(ProcrastinateJob.objects.filter(task_name__contains="refresh_stages_of_store"))


def test_save_turns_stages_on_and_has_them_worked_out_once():
    store = factories.make_store()
    followups.order_of(followups.make_contact(store))
    settings = StageSettings(store=store, is_on=True)
    changing.save(settings, actor="ada")
    settings.thresholds = {"Coffee": {"lasts": 14}}
    changing.save(settings, actor="ada")
    changing.save(settings, actor="ada")
    [job] = jobs()
    assert job.args == {"store_id": store.pk}
    changing.refresh_stages_of_store(store.pk)
    assert ContactStage.objects.count() == 1
    changed, turned_on = AuditEntry.objects.order_by("-pk")
    assert (changed.action, changed.detail) == ("stages_changed", {"thresholds": [{}, {"Coffee": {"lasts": 14}}]})
    assert turned_on.detail == {"is_on": [False, True]}


def test_save_turned_off_leaves_nothing_of_anybody():
    store = factories.make_store()
    followups.order_of(followups.make_contact(store))
    settings = StageSettings.objects.create(store=store, is_on=True)
    refresh.refresh(settings, NOON)
    settings.is_on = False
    changing.save(settings, actor="ada")
    assert not ContactStage.objects.exists()
    assert not ShopperStages.objects.exists()
    changing.refresh_stages_of_store(store.pk)  # a job that was queued before
    assert not ContactStage.objects.exists()
