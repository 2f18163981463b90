"""Events go when their store no longer keeps them; results stay."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.retention import forget_old_decisions, forget_old_events
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import Exposure, ForgottenEvents, Store, WidgetEvent
from experiments.tasks import forget_old_events as task
from tests import factories
from tests.experiments.accounting import funnel_events
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def receive(store: Store, at: datetime, number: int = 1, **fields: Any) -> None:
    records = [EventRecord(uuid4(), "exposure", at, f"v_{index}", **fields) for index in range(number)]
    record_events(store.pk, records, received_at=at)


def test_forget_old_events_follows_each_stores_retention():
    short, long = factories.make_store(retention_days=30), factories.make_store(retention_days=365)
    for store in (short, long):
        for age_days in (29, 31, 400):
            receive(store, NOON - timedelta(days=age_days))
    assert forget_old_events(NOON) == 3
    kept = [
        (event.store_id, (NOON - event.received_at).days)
        for event in WidgetEvent.objects.order_by("store_id", "-received_at")
    ]
    assert kept == [(short.pk, 29), (long.pk, 29), (long.pk, 31)]


def test_forget_old_events_goes_on_until_none_is_left():
    store = factories.make_store(retention_days=30)
    receive(store, NOON - timedelta(days=31), 25)
    with patch("experiments.accounting.retention.BATCH", 10):
        assert forget_old_events(NOON) == 25
    assert not WidgetEvent.objects.exists()


def test_forget_old_events_keeps_exposures():
    experiment = factories.make_experiment(factories.make_store(retention_days=1))
    variant = experiment.variants.get(key="treatment")
    receive(experiment.store, NOON - timedelta(days=9), experiment_id=experiment.pk, variant_id=variant.pk)
    task.func(1)
    assert (WidgetEvent.objects.count(), Exposure.objects.count()) == (0, 1)


def test_forget_old_events_leaves_the_counts_of_the_funnel_those_not_counted_yet_included():
    experiment = factories.make_experiment(factories.make_store(retention_days=1))
    variant = experiment.variants.get(key="treatment")
    receive(experiment.store, NOON - timedelta(days=9), experiment_id=experiment.pk, variant_id=variant.pk)
    funnel_events.forget_what_was_noted()
    receive(experiment.store, NOON, 3, experiment_id=experiment.pk, variant_id=variant.pk)
    assert forget_old_events(NOON) == 1
    assert funnel_events.from_sums(experiment) == {(variant.pk, "exposure"): (4, 3)}


def test_forget_old_events_notes_how_far_it_went_and_never_goes_back():
    store = factories.make_store(retention_days=30)
    forget_old_events(NOON)
    Store.objects.update(retention_days=400)
    forget_old_events(NOON + timedelta(days=1))
    assert ForgottenEvents.objects.get(store=store).before == NOON - timedelta(days=30)
    Store.objects.update(retention_days=30)
    forget_old_events(NOON + timedelta(days=1))
    assert ForgottenEvents.objects.get(store=store).before == NOON - timedelta(days=29)


def test_forget_old_decisions_keeps_counts_as_long_as_events_and_samples_a_week():
    short, long = factories.make_store(retention_days=30), factories.make_store(retention_days=365)
    for store in (short, long):
        for age_days in (6, 9, 31):
            at = NOON - timedelta(days=age_days)
            decision_counts.add({CountKey(store.pk, at.date(), "cart", None, "bot"): Count(1, at, at)})
            decision_samples.add({SampleGroup(store.pk, "cart", at.date()): [Ranked(0.5, Context())]})
    forget_old_decisions(NOON)
    assert (short.decision_days.count(), long.decision_days.count()) == (2, 3)
    assert (short.decision_samples.count(), long.decision_samples.count()) == (1, 1)


def test_forget_old_events_takes_those_of_holdouts_and_keeps_their_exposures():
    store = factories.make_store(retention_days=1)
    holdout = factories.make_holdout(store)
    variant = holdout.variants.get(key="held-out")
    receive(store, NOON - timedelta(days=9), experiment_id=holdout.pk, variant_id=variant.pk)
    assert forget_old_events(NOON) == 1
    assert holdout.exposures.count() == 1
