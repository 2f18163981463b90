"""What events add is noted with them, added up by the worker, and counted by day of a visitor's first event."""

from datetime import timedelta

import pytest
from django.db import connection, models

from checkout_widgets.erasure import erase_visitor
from experiments.accounting import funnel_changes
from experiments.accounting.funnel_changes import add_up_changes
from experiments.models import (
    FUNNEL_TYPES,
    Exposure,
    FunnelChange,
    FunnelDay,
    FunnelVisitor,
    UncountedEvents,
    Variant,
    WidgetEvent,
)
from experiments.models.funnel import EventCounts
from experiments.tasks import add_up_funnels
from tests import factories
from tests.experiments.accounting import funnel_events
from tests.experiments.accounting.funnel_events import event, from_days, from_events, from_sums, receive
from tests.factories import NOON
from tests.sql_parts import part

pytestmark = pytest.mark.django_db
DAY_MINUTES = 24 * 60


@pytest.fixture
def treatment() -> Variant:
    return factories.make_experiment().variants.get(key="treatment")


def test_counts_have_a_column_for_each_type_of_event():
    columns = [field.name for field in EventCounts._meta.get_fields() if isinstance(field, models.IntegerField)]
    assert columns == list(FUNNEL_TYPES)


def test_add_up_counts_each_change_once_and_on_the_day_of_the_visitors_first_event(treatment):
    receive(treatment, event(treatment, "v_1", "click"), event(treatment, "v_1", "click"))
    receive(treatment, event(treatment, "v_2", "click", minutes=DAY_MINUTES))
    assert add_up_changes() == 2
    receive(treatment, event(treatment, "v_1", "click", minutes=-DAY_MINUTES))
    assert from_sums(treatment.experiment)[treatment.pk, "click"] == (4, 2)
    assert add_up_changes() == 1
    assert add_up_changes() == 0
    counted = FunnelDay.objects.filter(visitors__gt=0).order_by("day").values_list("day", "events", "visitors")
    assert list(counted) == [
        (NOON.date() - timedelta(days=1), 3, 1),
        (NOON.date() + timedelta(days=1), 1, 1),
    ]


def test_add_up_takes_many_changes_in_several_batches(treatment, monkeypatch):
    monkeypatch.setattr(funnel_changes, "BATCH", 2)
    for number in range(5):
        receive(treatment, event(treatment, f"v_{number % 2}", "click"))
    assert add_up_changes() == 5
    assert from_days(treatment.experiment) == {(treatment.pk, "click"): (5, 2)}


def test_task_adds_up(treatment):
    receive(treatment, event(treatment, "v_1", "error"))
    add_up_funnels.func(0)
    assert from_days(treatment.experiment) == {(treatment.pk, "error"): (1, 1)}


def test_accepts_that_were_taken_back_count_again_when_the_offer_is_accepted_again(treatment):
    steps = [("accept", False, (1, 1)), ("decline", True, None), ("decline", True, None), ("accept", False, None)]
    for kind, undone, counted in [*steps, ("accept", False, (1, 1))]:
        receive(treatment, event(treatment, "v_1", kind, undone=undone))
        assert from_sums(treatment.experiment).get((treatment.pk, "accept")) == counted
        add_up_changes()
        assert from_sums(treatment.experiment).get((treatment.pk, "accept")) == counted


@pytest.mark.parametrize("adds_up_before", [True, False])
def test_automated_visitor_found_later_is_left_out_in_every_variant_and_counted_where_the_store_says_so(
    treatment, adds_up_before
):
    control = treatment.experiment.variants.get(key="control")
    receive(treatment, event(treatment, "v_bot", "click"), event(control, "v_bot", "skipped"))
    receive(treatment, event(treatment, "v_1", "click"))
    if adds_up_before:
        add_up_changes()
    receive(treatment, event(treatment, "v_bot", "exposure", minutes=-5, is_automated=True))
    for _ in range(2):
        assert from_sums(treatment.experiment) == {(treatment.pk, "click"): (1, 1)}
        add_up_changes()
    assert from_days(treatment.experiment) == {(treatment.pk, "click"): (1, 1)}
    store = treatment.experiment.store
    store.is_automation_counted = True
    store.save()
    assert from_sums(treatment.experiment) == from_events(treatment.experiment)
    assert from_sums(treatment.experiment)[control.pk, "skipped"] == (1, 1)


def test_visitor_whose_automated_exposure_is_gone_counts_again(treatment):
    receive(treatment, event(treatment, "v_bot", "exposure", is_automated=True))
    add_up_changes()
    Exposure.objects.update(is_automated=False)
    assert from_sums(treatment.experiment) == {(treatment.pk, "exposure"): (1, 1)}
    Exposure.objects.update(is_automated=True)
    add_up_changes()
    assert from_sums(treatment.experiment) == {}
    Exposure.objects.all().delete()
    assert from_sums(treatment.experiment) == from_events(treatment.experiment)


def test_experiment_is_deleted_with_its_funnel(treatment):
    receive(treatment, event(treatment, "v_bot", "exposure", is_automated=True), event(treatment, "v_1", "click"))
    add_up_changes()
    receive(treatment, event(treatment, "v_2", "click"))
    treatment.experiment.delete()
    add_up_changes()
    assert not any(model.objects.exists() for model in (FunnelVisitor, FunnelDay, FunnelChange))


def test_variant_that_is_deleted_takes_its_counts_and_no_others(treatment):
    control = treatment.experiment.variants.get(key="control")
    receive(treatment, event(treatment, "v_1", "click"), event(control, "v_2", "skipped"))
    add_up_changes()
    receive(treatment, event(treatment, "v_1", "click"))
    treatment.delete()
    add_up_changes()
    assert from_days(control.experiment) == {(control.pk, "skipped"): (1, 1)}


def test_erasure_takes_a_visitors_counts_out_also_when_the_events_are_gone(treatment):
    for visitor_id in ("v_erase_me", "v_keep_me"):
        receive(treatment, event(treatment, visitor_id, "exposure"), event(treatment, visitor_id, "click"))
    add_up_changes()
    WidgetEvent.objects.all().delete()
    receive(treatment, event(treatment, "v_erase_me", "click"))
    erase_visitor(treatment.experiment.store, "v_erase_me", actor="ada")
    kept = {(treatment.pk, "exposure"): (1, 1), (treatment.pk, "click"): (1, 1)}
    assert from_sums(treatment.experiment) == from_days(treatment.experiment) == kept
    assert not FunnelChange.objects.exists()


def test_erasure_leaves_the_same_visitor_of_another_store_alone(treatment):
    other = factories.make_experiment().variants.get(key="treatment")
    for variant in (treatment, other):
        receive(variant, event(variant, "v_1", "click"))
    add_up_changes()
    receive(other, event(other, "v_1", "click"))
    erase_visitor(treatment.experiment.store, "v_1", actor="ada")
    assert from_sums(treatment.experiment) == {}
    assert from_sums(other.experiment) == {(other.pk, "click"): (2, 1)}


def test_forgotten_visitors_events_that_came_meanwhile_count(treatment):
    receive(treatment, event(treatment, "v_1", "click"))
    add_up_changes()
    receive(treatment, event(treatment, "v_1", "click"), event(treatment, "v_1", "accept"))
    assert funnel_changes.forget_visitor(treatment.experiment.store_id, "v_1") == 1
    assert from_sums(treatment.experiment) == from_events(treatment.experiment)
    assert from_sums(treatment.experiment)[treatment.pk, "click"] == (2, 1)


def test_nothing_is_added_up_while_events_from_before_are_uncounted(treatment):
    receive(treatment, event(treatment, "v_1", "click"))
    UncountedEvents.objects.create()
    assert add_up_changes() == 0
    assert FunnelChange.objects.count() == 1


def test_events_inserted_by_whatever_statement_are_noted(treatment):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO experiments_widgetevent (store_id, event_id, month, type, occurred_at, received_at, visitor_id,
                experiment_id, variant_id, moment, props)
            SELECT store_id, gen_random_uuid(), '2026-11-01', 'click', %s, %s, 'v_' || number, experiment.id, %s, '',
                '{}'
            FROM experiments_experiment AS experiment, generate_series(1, 30) AS number
            WHERE experiment.id = %s
            """,
            [NOON, NOON, treatment.pk, treatment.experiment_id],
        )
    assert from_sums(treatment.experiment) == {(treatment.pk, "click"): (30, 30)}


def test_parts_of_adding_up_are_the_changes_and_the_rows_of_their_visitors(treatment):
    control = treatment.experiment.variants.get(key="control")
    receive(treatment, event(control, "v_1", "skipped", minutes=-DAY_MINUTES))
    add_up_changes()
    receive(
        treatment, event(treatment, "v_1", "click"), event(treatment, "v_2", "click"), event(treatment, "v_2", "click")
    )
    rows = part(funnel_changes.ADD_UP, "fresh", {"limit": 9}, "visitor_id, variant_id, first_on, click, skipped")
    day = NOON.date()
    assert sorted(rows) == sorted(
        [
            ("v_1", control.pk, day - timedelta(days=1), 0, 0),
            ("v_1", treatment.pk, day, 1, 0),
            ("v_2", treatment.pk, day, 2, 0),
        ]
    )


def test_day_without_events_of_an_erased_visitor_is_left_with_nothing(treatment):
    receive(treatment, event(treatment, "v_1", "click"))
    add_up_changes()
    erase_visitor(treatment.experiment.store, "v_1", actor="ada")
    assert funnel_events.days_that_differ() == []
    assert [day.visitors for day in FunnelDay.objects.all()] == [0]
