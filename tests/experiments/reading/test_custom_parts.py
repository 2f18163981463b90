"""A part's sums by custom metrics equal sums in plain Python, whatever they are read from."""

from datetime import date, timedelta

import pytest

from experiments.accounting import rollups
from experiments.models import CustomOutcome
from experiments.reading.custom_parts import custom_part_arms
from experiments.reading.parts import ExposurePart
from tests import factories
from tests.experiments.custom_metrics_of_tests import has_metric
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FIRST = NOON.date()
CAP = 6_000
# variant, day, device, country, units, revenue; without units nothing was bought
ROWS = [
    ("control", 0, "phone", "DE", 1, 5_000),
    ("control", 0, "phone", "FR", 2, 40_000),
    ("control", 1, "desktop", "DE", 7, 9_000),
    ("treatment", 0, "phone", "DE", 0, 0),
    ("treatment", 1, "phone", "DE", 3, 7_000),
    ("treatment", 2, "phone", "FR", 1, 100),
]


@pytest.fixture
def chosen():
    """Three days; the last isn't added up."""
    experiment = factories.make_experiment(cap_minor=CAP)
    chosen = has_metric(experiment, "tea")
    for number, (variant, day, device, country, units, revenue) in enumerate(ROWS):
        exposure = factories.make_exposure(
            experiment.variants.get(key=variant),
            visitor_id=f"v_{number}",
            exposed_at=NOON + timedelta(days=day),
            device=device,
            country=country,
            orders=int(units > 0),
            has_converted=units > 0,
        )
        if units:
            CustomOutcome.objects.create(
                chosen=chosen,
                visitor_id=exposure.visitor_id,
                orders=1,
                units=units,
                revenue_minor=revenue,
                refunded_minor=0,
            )
        if number == 4:
            rollups.refresh_touched()
    return chosen


def counted(variant, segments, first, last):
    """Visitors, units, revenue, and revenue under the cap, by going through the rows."""
    visitors = units = revenue = capped = 0
    for row_variant, day, device, country, row_units, row_revenue in ROWS:
        told = {"device": device, "country": country}
        is_chosen = all(told[name] == value for name, value in segments.items())
        if row_variant == variant and is_chosen and first <= FIRST + timedelta(days=day) <= last:
            visitors += 1
            units += row_units
            revenue += row_revenue
            capped += min(row_revenue, CAP)
    return visitors, units, revenue, capped


@pytest.mark.parametrize(
    ("segments", "first", "last"),
    [
        ({}, 1, 2),
        ({"device": "phone"}, 0, 2),
        ({"country": "DE"}, 0, 1),
        ({"device": "phone", "country": "DE"}, 0, 2),
        ({"country": "FR", "device": "phone"}, 1, 2),
        ({"device": "tablet"}, 0, 2),
    ],
)
def test_custom_part_arms_equal_sums_of_their_rows(chosen, segments, first, last):
    first, last = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
    arms = custom_part_arms(chosen.experiment, ExposurePart(tuple(segments.items()), first, last))[chosen.pk]
    for variant in ("control", "treatment"):
        observed, capped = arms.observed[variant], arms.capped[variant]
        read = (observed.visitors, observed.sums["items"], observed.sums["revenue"], capped.sums["revenue"])
        assert read == counted(variant, segments, first, last)


def test_custom_part_arms_without_metrics_ask_nothing(django_assert_num_queries):
    experiment = factories.make_experiment()
    with django_assert_num_queries(1):  # which metrics the test has
        assert custom_part_arms(experiment, ExposurePart((), date(2026, 11, 2), date(2026, 11, 3))) == {}
