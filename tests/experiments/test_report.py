"""A stored report is quick to read and says the same."""

import json
import time
from datetime import timedelta

import pytest

from experiments.report import Report
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.arrivals import arrive
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_report_of_a_large_test_is_read_in_well_under_fifty_milliseconds():
    experiment = factories.make_experiment(treatments=5, planned_sample=9_000)
    for day in range(28):
        arrive(experiment, day, 12)
    report = analyse(experiment, is_look=True, now=NOON + timedelta(days=29))
    text = json.dumps(report.as_json())
    assert len(report.series.points) == 5 * 28
    seconds = []
    for _ in range(5):
        started = time.process_time()
        read = Report.from_json(json.loads(text))
        seconds.append(time.process_time() - started)
    assert read == report
    assert min(seconds) < 0.05
