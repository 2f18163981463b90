"""The goal without confounded days is that of the visitors of all other days; the verdict never leaves any out."""

from datetime import timedelta

import pytest

from experiments.models import Annotation, Exposure
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.arrivals import arrive
from tests.factories import NOON

NOW = NOON + timedelta(days=20)


@pytest.mark.django_db
def test_report_without_confounded_days_equals_a_report_on_the_other_days_visitors():
    experiment = factories.make_experiment(attribution_window_days=2)
    for number, lift in enumerate((0.1, 0.9, 0.9, 0.1)):
        arrive(experiment, number, 150, lift=lift)
    day = NOON.date() + timedelta(days=1)
    for is_confounding, text in ((True, "Sale"), (False, "Newsletter")):
        Annotation.objects.create(
            store=experiment.store,
            kind="campaign",
            text=text,
            first_day=day,
            last_day=day + timedelta(days=1),
            is_confounding=is_confounding,
        )
    report = analyse(experiment, now=NOW)
    (without,) = report.without_days
    assert [one.text for one in report.series.annotations] == ["Sale", "Newsletter"]
    assert (without.days, without.visitors) == ([day, day + timedelta(days=1)], 600)
    assert without.all_days == report.series.points[-1].lift
    assert report.metric("rpv", "treatment").main.lift == without.all_days
    Exposure.objects.filter(exposed_at__date__in=without.days).delete()
    then = analyse(experiment, now=NOW).metric("rpv", "treatment").main
    assert without.lift == then.lift
    assert (without.control, without.treatment, without.p_value) == (then.control, then.treatment, then.p_value)


@pytest.mark.django_db
def test_report_with_every_day_confounded_has_nothing_left_to_compare():
    experiment = factories.make_experiment()
    arrive(experiment, 0, 50)
    Annotation.objects.create(
        store=experiment.store,
        kind="outage",
        text="Down",
        first_day=NOON.date(),
        last_day=NOON.date(),
        is_confounding=True,
    )
    (without,) = analyse(experiment, now=NOW).without_days
    assert (without.visitors, without.lift) == (0, None)
