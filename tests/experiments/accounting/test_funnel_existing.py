"""Events from before the funnel was counted are counted once each, however often the counting is stopped."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection

from checkout_widgets.erasure import erase_visitor
from experiments.accounting import funnel_existing
from experiments.accounting.funnel_changes import add_up_changes
from experiments.models import FunnelChange, UncountedEvents, Variant
from experiments.reading.funnel import count_events
from tests import factories
from tests.experiments.accounting.funnel_events import (
    event,
    forget_what_was_noted,
    from_days,
    from_events,
    from_sums,
    receive,
)
from tests.factories import NOON

DAY_MINUTES = 24 * 60


def make_upgraded(visitors: int = 5) -> Variant:
    """A test with events of 20 days, none of which is counted; whoever counts begins a day before."""
    treatment = factories.make_experiment().variants.get(key="treatment")
    for number in range(visitors):
        for day in (0, -7, -20):
            minutes = day * DAY_MINUTES
            receive(treatment, event(treatment, f"v_{number}", "click", minutes=minutes), minutes=minutes)
    forget_what_was_noted()
    UncountedEvents.objects.update(since=NOON - timedelta(days=21))
    return treatment


@pytest.mark.django_db
def test_reports_read_the_events_until_all_are_counted():
    treatment = make_upgraded()
    assert from_sums(treatment.experiment) == {}
    counts = {(treatment.pk, "click"): (15, 5)}
    assert count_events(treatment.experiment).counts == counts
    for _ in funnel_existing.count_by_span():
        receive(treatment, event(treatment, "v_0", "click", minutes=-DAY_MINUTES), minutes=-DAY_MINUTES)
        assert count_events(treatment.experiment).counts == from_events(treatment.experiment)
    assert from_sums(treatment.experiment) == from_events(treatment.experiment)


@pytest.mark.django_db
def test_counting_that_is_stopped_goes_on_where_it_was():
    treatment = make_upgraded()
    begun = funnel_existing.count_by_span()
    assert sum(next(begun).events for _ in range(6)) == 5
    begun.close()
    receive(treatment, event(treatment, "v_new", "accept"))
    since = UncountedEvents.objects.get().since
    assert since is not None
    rest = list(funnel_existing.count_by_span())
    assert rest[0].before > since
    assert not UncountedEvents.objects.exists()
    assert add_up_changes() == 0  # it was counted with the others
    assert from_days(treatment.experiment) == from_events(treatment.experiment)
    assert funnel_existing.count_existing() == 0


@pytest.mark.django_db
def test_events_of_a_span_that_is_done_count_once_when_they_come_late():
    treatment = make_upgraded()
    for _ in range(4):
        funnel_existing.count_next(timedelta(days=3))
    # from an edge whose clock is behind
    receive(treatment, event(treatment, "v_late", "click", minutes=-15 * DAY_MINUTES), minutes=-15 * DAY_MINUTES)
    receive(treatment, event(treatment, "v_late", "click"))
    funnel_existing.count_existing()
    assert FunnelChange.objects.count() == 1
    assert from_sums(treatment.experiment) == from_events(treatment.experiment)
    add_up_changes()
    assert from_days(treatment.experiment)[treatment.pk, "click"] == (17, 6)


@pytest.mark.django_db
def test_visitor_erased_while_counting_is_in_no_count():
    treatment = make_upgraded()
    for _ in range(2):
        funnel_existing.count_next(timedelta(days=3))
    erase_visitor(treatment.experiment.store, "v_1", actor="ada")
    funnel_existing.count_existing()
    assert from_days(treatment.experiment) == {(treatment.pk, "click"): (12, 4)}


@pytest.mark.parametrize(
    ("events", "factor"),
    [(0, 2), (funnel_existing.EVENTS_AT_ONCE // 2, 1), (funnel_existing.EVENTS_AT_ONCE * 2, 0.5)],
)
def test_next_span_follows_how_many_events_there_were(events, factor):
    assert funnel_existing.next_span(timedelta(hours=4), events) == timedelta(hours=4) * factor


@pytest.mark.parametrize(("span", "events"), [(funnel_existing.LONGEST, 0), (funnel_existing.SHORTEST, 10**9)])
def test_next_span_has_bounds(span, events):
    assert funnel_existing.next_span(span, events) == span


COUNTING = """
import os, sys, time
import django
django.setup()
from datetime import timedelta
from experiments.accounting import funnel_existing
while funnel_existing.count_next(timedelta(hours=8)) is not None:
    print("counted", flush=True)
    time.sleep(0.02)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_counting_that_is_killed_and_run_again_counts_each_event_once():
    treatment = make_upgraded(visitors=3)
    at = connection.connection.info
    database = f"postgres://{at.user}@/{at.dbname}?host={quote(at.host, safe='')}&port={at.port}"
    environment = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings_edge"}
    counting = subprocess.Popen([sys.executable, "-c", COUNTING], env=environment, stdout=subprocess.PIPE)
    assert counting.stdout is not None
    for _ in range(30):
        assert counting.stdout.readline() == b"counted\n"
        receive(treatment, event(treatment, "v_0", "click"))
    counting.send_signal(signal.SIGKILL)
    counting.wait(10)
    counting.stdout.close()
    assert UncountedEvents.objects.get().since is not None
    funnel_existing.count_existing()
    add_up_changes()
    assert from_days(treatment.experiment) == from_events(treatment.experiment) == {(treatment.pk, "click"): (39, 3)}
