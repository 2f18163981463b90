"""The lift day by day is the report's own on each day's visitors."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from experiments.analysis.series import thin_out
from experiments.models import Exposure, Source
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.arrivals import arrive
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=6)


def test_series_point_equals_the_report_on_the_visitors_up_to_that_day():
    experiment = factories.make_experiment(attribution_window_days=2)
    for day in range(5):
        arrive(experiment, day, 150, lift=0.1)
    points = analyse(experiment, now=NOW).series.points
    assert [str(point.day) for point in points] == [f"2026-11-0{day}" for day in range(2, 7)]
    assert [point.visitors for point in points] == [300, 600, 900, 1_200, 1_500]
    Exposure.objects.filter(exposed_at__gte=NOON + timedelta(days=2, hours=12)).delete()
    then = analyse(experiment, now=NOW).metric("rpv", "treatment")
    assert points[2].lift == then.main.lift
    assert (points[2].control, points[2].treatment) == (then.main.control, then.main.treatment)
    assert points[2].sequential is not None
    assert then.sequential is not None
    assert points[2].sequential.low == pytest.approx(then.sequential.relative_low)
    assert points[2].sequential.high == pytest.approx(then.sequential.relative_high)


def test_series_points_are_open_until_the_last_visitors_window_has_closed():
    experiment = factories.make_experiment(attribution_window_days=2)
    for day in range(5):
        arrive(experiment, day, 40)
    now = datetime(2026, 11, 7, 0, 0, tzinfo=UTC)  # those of the 4th had until the end of the 6th
    report = analyse(experiment, now=now)
    assert [point.is_open for point in report.series.points] == [False, False, False, True, True]
    assert "The last 2 days can still get orders" in report.series.note


def test_series_of_an_imported_test_is_complete():
    experiment = factories.make_experiment(source=Source.IMPORTED)
    arrive(experiment, 0, 40)
    series = analyse(experiment, now=NOON + timedelta(hours=1)).series
    assert [point.is_open for point in series.points] == [False]
    assert "complete outcome" in series.note


@pytest.mark.slow
def test_series_takes_no_query_per_day():
    counts = []
    for days in (2, 5):
        experiment = factories.make_experiment(planned_sample=9_000)
        for day in range(days):
            arrive(experiment, day, 60)
        with CaptureQueriesContext(connection) as queries:
            points = analyse(experiment, now=NOON + timedelta(days=20)).series.points
        assert len(points) == days
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_thinned_keeps_the_last_day_and_at_most_so_many():
    kept = thin_out(range(250))
    assert (len(kept), kept[-1]) == (84, 249)
    assert list(thin_out(range(100))) == list(range(100))
    assert len(thin_out(range(101))) == 51
    assert list(thin_out(range(0))) == []
