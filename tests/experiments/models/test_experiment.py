"""Holdouts are none of the tests, and belong to their store all the same."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from experiments.models import (
    Decision,
    Experiment,
    Exposure,
    Snapshot,
    Source,
    Status,
    Store,
    TouchedDay,
    Variant,
    WidgetEvent,
)
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def holdout(store: Store) -> Experiment:
    return factories.make_holdout(store)


def test_objects_are_the_tests_and_with_holdouts_are_all(store, holdout):
    test = factories.make_experiment(store)
    user = factories.make_user(store)
    assert [*Experiment.objects.all()] == [*Experiment.objects.running()] == [*Experiment.objects.visible_to(user)]
    assert [*Experiment.objects.all()] == [test]
    assert {*Experiment.with_holdouts.all()} == {*Experiment.with_holdouts.visible_to(user)} == {test, holdout}


def test_relations_lead_to_holdouts_too(store, holdout):
    variant = Variant.objects.get(key="held-out")
    assert variant.experiment == holdout
    assert [*store.experiments.all()] == [holdout]
    exposure = factories.make_exposure(variant)
    assert Exposure.objects.select_related("experiment").get().experiment == holdout
    holdout.name = "Another"
    holdout.save()
    exposure.experiment.refresh_from_db()
    assert exposure.experiment.name == "Another"


def test_test_with_the_key_of_a_holdout_is_refused_before_the_database_does(store, holdout):
    test = factories.make_experiment(store)
    test.key = holdout.key
    with pytest.raises(ValidationError, match="already exists"):
        test.full_clean()


def test_deleted_store_takes_its_holdout_along_and_no_other(store, holdout):
    factories.make_exposure(holdout.variants.get(key="offers"))
    Snapshot.objects.create(experiment=holdout, taken_at=NOON, report={})
    kept = factories.make_holdout(factories.make_store())
    store.delete()
    assert [*Experiment.with_holdouts.all()] == [kept]
    assert {*Variant.objects.values_list("experiment", flat=True)} == {kept.pk}
    assert not Exposure.objects.exists()
    assert not Snapshot.objects.exists()
    assert not TouchedDay.objects.filter(experiment=holdout.pk).exists()
    assert not WidgetEvent.objects.exists()


def test_dump_of_the_database_has_holdouts(holdout, capsys):
    call_command("dumpdata", "experiments.experiment")
    assert '"source": "holdout"' in capsys.readouterr().out


def test_served_are_those_that_run_are_paused_or_show_a_winner(store):
    for status in Status:
        factories.make_experiment(store, key=status.value, status=status)
    factories.make_experiment(store, key="imported", source=Source.IMPORTED)
    factories.make_customer_experiment(store)  # which no page can ask about
    won = factories.make_experiment(store, key="won", status=Status.CONCLUDED, decision=Decision.ROLL_OUT)
    assert {*Experiment.objects.served().values_list("key", flat=True)} == {"running", "paused"}
    Experiment.objects.filter(pk=won.pk).update(rolled_out_variant=won.variants.get(key="treatment"))
    factories.make_holdout(store)
    assert {*Experiment.objects.served().values_list("key", flat=True)} == {"running", "paused", "won"}
    assert [*Experiment.objects.rolled_out()] == [won]


@pytest.mark.parametrize(
    ("timezone", "hours", "day"),
    [
        ("UTC", 0, 1),
        ("UTC", 11, 1),  # begun at noon: the evening of the same day
        ("UTC", 13, 2),  # past midnight, though no whole day has passed
        ("America/New_York", 13, 1),  # 8 in the evening there
        ("America/New_York", 18, 2),
        ("UTC", 16 * 24, 17),
    ],
)
def test_day_is_counted_on_the_stores_calendar(timezone, hours, day):
    experiment = factories.make_experiment(factories.make_store(timezone=timezone), started_at=NOON)
    assert experiment.day_at(NOON + timedelta(hours=hours)) == day


def test_day_of_a_test_that_is_over_is_its_last_one():
    experiment = factories.make_experiment(ended_at=NOON + timedelta(days=15, hours=3))
    assert experiment.day_at(NOON + timedelta(days=100)) == 16


def test_day_before_the_start_is_unknown():
    assert factories.make_experiment(started_at=None, status=Status.DRAFT).day_at(NOON) is None


def test_zone_that_nobody_knows_is_utc():
    assert factories.make_store(timezone="Mars/Olympus").day_of(NOON) == NOON.date()
