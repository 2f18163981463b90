"""A rebuild of the funnel puts right what is wrong, and leaves visitors whose events are gone as they are."""

from datetime import date, timedelta

import pytest

from experiments.accounting import funnel_check
from experiments.accounting.funnel_changes import add_up_changes
from experiments.accounting.funnel_check import rebuild_funnel
from experiments.models import (
    Exposure,
    ForgottenEvents,
    FunnelChange,
    FunnelDay,
    FunnelVisitor,
    Variant,
    WidgetEvent,
)
from tests import factories
from tests.experiments.accounting.funnel_events import (
    days_that_differ,
    event,
    forget_what_was_noted,
    from_days,
    from_events,
    from_sums,
    receive,
)
from tests.factories import NOON
from tests.sql_parts import part

pytestmark = pytest.mark.django_db
DAY_MINUTES = 24 * 60


@pytest.fixture
def treatment() -> Variant:
    """Two visitors on one day, one of whom is back on the next, and a robot; some of it isn't added up."""
    treatment = factories.make_experiment().variants.get(key="treatment")
    receive(treatment, event(treatment, "v_1", "click"), event(treatment, "v_2", "click"))
    receive(treatment, event(treatment, "v_bot", "exposure", is_automated=True))
    add_up_changes()
    receive(treatment, event(treatment, "v_2", "accept", minutes=DAY_MINUTES))
    return treatment


def test_rebuild_of_what_is_right_finds_nothing(treatment):
    assert rebuild_funnel(treatment.experiment) == 0
    assert from_days(treatment.experiment) == from_events(treatment.experiment)


def test_rebuild_counts_what_nobody_noted_and_what_was_noted_twice(treatment):
    add_up_changes()
    FunnelVisitor.objects.filter(visitor_id="v_1").delete()
    FunnelVisitor.objects.filter(visitor_id="v_2").update(click=7, impression=3)
    FunnelChange.objects.create(
        experiment=treatment.experiment, variant=treatment, visitor_id="v_nobody", first_on=NOON.date(), error=2
    )
    assert rebuild_funnel(treatment.experiment) == 3
    assert from_days(treatment.experiment) == from_sums(treatment.experiment) == from_events(treatment.experiment)
    assert days_that_differ() == []
    assert rebuild_funnel(treatment.experiment) == 0


def test_rebuild_puts_right_who_is_automated(treatment):
    FunnelVisitor.objects.filter(visitor_id="v_1").update(is_automated=True)
    FunnelVisitor.objects.filter(visitor_id="v_bot").update(is_automated=False)
    assert rebuild_funnel(treatment.experiment) == 2
    assert from_days(treatment.experiment) == from_events(treatment.experiment)


def test_rebuild_of_days_makes_them_those_of_their_visitors(treatment):
    add_up_changes()
    FunnelDay.objects.filter(type="click").update(events=9)
    FunnelDay.objects.filter(type="accept").delete()
    FunnelDay.objects.create(
        experiment=treatment.experiment, variant=treatment, day=date(2026, 1, 1), type="error", is_automated=False,
        events=1, visitors=1,
    )  # fmt: skip
    assert rebuild_funnel(treatment.experiment) == 3
    assert from_days(treatment.experiment) == from_events(treatment.experiment)


def test_rebuild_leaves_visitors_whose_events_are_gone_and_corrects_others(treatment):
    receive(treatment, event(treatment, "v_old", "click", minutes=-40 * DAY_MINUTES), minutes=-40 * DAY_MINUTES)
    receive(treatment, event(treatment, "v_old", "click"))
    add_up_changes()
    WidgetEvent.objects.filter(received_at__lt=NOON - timedelta(days=30)).delete()
    ForgottenEvents.objects.create(store=treatment.experiment.store, before=NOON - timedelta(days=30))
    FunnelVisitor.objects.filter(visitor_id="v_1").update(click=5)
    assert rebuild_funnel(treatment.experiment) == 1
    assert from_days(treatment.experiment)[treatment.pk, "click"] == (4, 3)
    assert FunnelVisitor.objects.get(visitor_id="v_old").click == 2


def test_rebuild_counts_events_from_before_first(treatment):
    forget_what_was_noted()
    assert rebuild_funnel(treatment.experiment) == 0
    assert from_days(treatment.experiment) == from_events(treatment.experiment)


def test_missing_says_by_how_much_kept_counts_differ(treatment):
    FunnelVisitor.objects.filter(visitor_id="v_1").update(click=4)
    Exposure.objects.all().delete()
    asked = {"experiment_id": treatment.experiment_id, "complete_from": date.min}
    parts = f"{funnel_check.differences_statement('')} -- result:"
    assert part(parts, "missing", asked, "visitor_id, click::int, accept::int") == [("v_1", -3, 0)]
