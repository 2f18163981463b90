"""A test's days are its store's: in sums, in what is touched, and once an older test follows its store."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from experiments.accounting import day_zones, rollups
from experiments.models import Experiment, ExposureDay, Status, TouchedDay
from experiments.reading.aggregation import aggregates, buyer_rows, cumulative_aggregates
from experiments.reading.covariates import covariate_sums
from experiments.reading.facts import daily_visitors
from experiments.running import lifecycle
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

AUCKLAND, NEW_YORK = "Pacific/Auckland", "America/New_York"
# In New York, clocks were put back on 1 November 2026, so that this day has 25 hours: from 4:00 to 5:00 UTC.
LONG_DAY = date(2026, 11, 1)
LONG_DAY_BEGINS, LONG_DAY_ENDS = datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)


def begun_in(zone: str, **fields: Any) -> Experiment:
    """A test whose days are those of a zone, as its store's are."""
    return factories.make_experiment(factories.make_store(timezone=zone), day_zone=zone, **fields)


def expose(experiment: Experiment, at: datetime, **fields: Any) -> None:
    for key in ("control", "treatment"):
        factories.make_exposure(experiment.variants.get(key=key), exposed_at=at, **fields)


def days_of(experiment: Experiment) -> dict[date, int]:
    """Visitors of control by the day of their exposure, as the curve by day has them."""
    days, before = {}, 0
    for day, arms in cumulative_aggregates(experiment, ["revenue"]).items():
        days[day], before = arms["control"].visitors - before, arms["control"].visitors
    return days


def test_sums_by_day_are_of_the_stores_days_from_exposures_and_kept():
    experiment = begun_in(NEW_YORK)
    for at in (LONG_DAY_BEGINS - A_MOMENT, LONG_DAY_BEGINS, LONG_DAY_ENDS - A_MOMENT, LONG_DAY_ENDS):
        expose(experiment, at, has_converted=True, orders=1, revenue_minor=1_000)
    expected = {LONG_DAY - timedelta(days=1): 1, LONG_DAY: 2, LONG_DAY + timedelta(days=1): 1}
    assert days_of(experiment) == expected
    rollups.refresh_touched()
    assert days_of(experiment) == expected
    assert set(ExposureDay.objects.values_list("day", flat=True)) == set(expected)
    assert daily_visitors([experiment]) == {experiment.pk: {day: 2 * number for day, number in expected.items()}}
    assert rollups.days_of(experiment) == sorted(expected)
    # up to the end of the long day: all but its last exposure
    assert aggregates(experiment, through=LONG_DAY)["control"].visitors == 3
    assert len(buyer_rows(experiment, through=LONG_DAY)["treatment"]) == 3


def test_sums_of_covariates_are_of_the_stores_days():
    experiment = begun_in(AUCKLAND, covariates=["cart_value", "device"])
    # 11:00 UTC is midnight there in November
    expose(experiment, datetime(2026, 11, 27, 10, 59, tzinfo=UTC), device="phone")
    expose(experiment, datetime(2026, 11, 27, 11, 0, tzinfo=UTC), device="phone")
    for _ in range(2):
        found = covariate_sums(experiment, cap_minor=None, through=None)
        assert {day: arms["control"].n for day, arms in found.items()} == {
            date(2026, 11, 27): 1,
            date(2026, 11, 28): 1,
        }
        rollups.refresh_touched()


def test_changed_exposures_touch_the_stores_day():
    experiment = begun_in(AUCKLAND)
    expose(experiment, NOON)  # the next day there
    assert set(TouchedDay.objects.values_list("day", flat=True)) == {NOON.date() + timedelta(days=1)}
    rollups.refresh_touched()
    experiment.exposures.update(exposed_at=NOON - timedelta(days=1))
    touched = set(TouchedDay.objects.values_list("day", flat=True))
    assert touched == {NOON.date(), NOON.date() + timedelta(days=1)}


def test_start_takes_the_stores_clock_for_good():
    store = factories.make_store(timezone=AUCKLAND)
    experiment = factories.make_experiment(store, status=Status.DRAFT, started_at=None)
    lifecycle.start(experiment=experiment, actor="ada")
    assert experiment.day_zone == AUCKLAND
    store.timezone = NEW_YORK
    store.save()
    experiment.refresh_from_db()
    lifecycle.pause(experiment=experiment, actor="ada", reason="a fault")
    lifecycle.resume(experiment=experiment, actor="ada", reason="mended")
    assert experiment.day_zone == AUCKLAND


@pytest.mark.django_db(transaction=True)
def test_older_test_follows_its_store_with_the_same_totals():
    experiment = factories.make_experiment(factories.make_store(slug="shop", timezone=AUCKLAND), key="cart")
    for hour in (0, 10, 11, 23):
        at = datetime(2026, 11, 27, hour, tzinfo=UTC)
        expose(experiment, at, has_converted=True, orders=1, revenue_minor=1_000 + hour, device="phone")
    rollups.refresh_touched()
    before = aggregates(experiment)
    assert days_of(experiment) == {date(2026, 11, 27): 4}
    out = StringIO()
    call_command("follow_store_days", stdout=out)
    experiment.refresh_from_db()
    assert days_of(experiment) == {date(2026, 11, 27): 2, date(2026, 11, 28): 2}
    assert not TouchedDay.objects.exists()
    after = aggregates(experiment)
    assert {key: arm.products for key, arm in after.items()} == {key: arm.products for key, arm in before.items()}
    assert ExposureDay.objects.filter(dimension="device").count() == 4
    assert out.getvalue() == "shop/cart: 2 days by Pacific/Auckland\n1 test changed.\n"
    assert day_zones.tests_with_other_days(experiment.store) == []
