"""Sums of a part of a test's visitors equal sums in plain Python, whatever they are read from."""

from datetime import date, timedelta
from itertools import product

import pytest

from experiments.accounting import rollups
from experiments.models import Exposure
from experiments.reading import parts
from experiments.reading.parts import ExposurePart, TooManyToReadError, part_sums
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 5)
VISIT = {"snippet": "3", "page_type": "cart"}


@pytest.fixture
def experiment():
    """Four days of phones and desktops, by email and not, in both variants; the last day isn't added up."""
    experiment = factories.make_experiment(cap_minor=4_000)
    number = 0
    for day, device, channel, key in product(
        range(4), ("phone", "desktop"), ("email", "none"), ("control", "treatment")
    ):
        for _visitor in range(1 + number % 3):
            number += 1
            orders = number % 2
            factories.make_exposure(
                experiment.variants.get(key=key),
                exposed_at=NOON + timedelta(days=day, hours=number % 3),
                device=device,
                segments={**VISIT, "channel": channel},
                cart_value_minor=1_000 + number,
                orders=orders,
                revenue_minor=orders * (3_000 + 100 * number),
                has_converted=orders > 0,
            )
        if day == 2:
            rollups.refresh_touched()
    return experiment


def counted(experiment, variant, first=FIRST, last=LAST, **wanted):
    """Visitors, orders, revenue, and revenue under the cap, by going through all exposures."""
    visitors = orders = revenue = capped = 0
    for exposure in Exposure.objects.filter(experiment=experiment, variant__key=variant):
        told = {"device": exposure.device, **exposure.segments, "hour": f"{exposure.exposed_at.hour // 2 * 2:02}"}
        is_wanted = all(told[name] == value for name, value in wanted.items())
        if is_wanted and first <= exposure.exposed_at.date() <= last:
            visitors += 1
            orders += exposure.orders
            revenue += exposure.revenue_minor
            capped += min(exposure.revenue_minor, 4_000)
    return visitors, orders, revenue, capped


def read(experiment, part, variant):
    found = part_sums(experiment, part)
    observed, compared = found.observed[variant], found.compared[variant]
    assert observed.visitors == compared.visitors
    return observed.visitors, observed.sums["orders"], observed.sums["revenue"], compared.sums["revenue"]


@pytest.mark.parametrize(
    ("segments", "first", "last"),
    [
        ({}, FIRST, LAST),
        ({}, FIRST, date(2026, 11, 3)),
        ({}, LAST, LAST),
        ({"device": "phone"}, FIRST, LAST),
        ({"device": "phone"}, date(2026, 11, 3), date(2026, 11, 4)),
        ({"channel": "email"}, FIRST, LAST),
        ({"hour": "12"}, FIRST, LAST),
        ({"device": "phone", "channel": "email"}, FIRST, LAST),
        ({"channel": "none", "device": "desktop"}, date(2026, 11, 3), LAST),
        ({"device": "phone", "hour": "14"}, FIRST, LAST),
        ({"device": "tablet"}, FIRST, LAST),
    ],
)
def test_part_sums_equal_those_of_its_exposures(experiment, segments, first, last):
    part = ExposurePart(tuple(segments.items()), first, last)
    for variant in ("control", "treatment"):
        assert read(experiment, part, variant) == counted(experiment, variant, first, last, **segments)


def test_part_by_day_has_all_exposed_up_to_it(experiment):
    found = part_sums(experiment, ExposurePart((("device", "phone"),), FIRST, LAST))
    assert list(found.daily) == [FIRST + timedelta(days=number) for number in range(4)]
    for day, arms in found.daily.items():
        assert arms["treatment"].visitors == counted(experiment, "treatment", FIRST, day, device="phone")[0]
        assert arms["treatment"].sums["revenue"] == counted(experiment, "treatment", FIRST, day, device="phone")[3]


def test_one_segment_reads_no_more_than_touched_exposures(experiment):
    assert part_sums(experiment, ExposurePart((("device", "phone"),), FIRST, LAST)).read == 0
    assert part_sums(experiment, ExposurePart((("device", "phone"), ("channel", "email")), FIRST, FIRST)).read > 0


def test_two_segments_of_too_many_exposures_are_refused(experiment, monkeypatch):
    monkeypatch.setattr(parts, "MOST_READ", 10)
    part = ExposurePart((("device", "phone"), ("channel", "email")), FIRST, LAST)
    with pytest.raises(TooManyToReadError) as refused:
        part_sums(experiment, part)
    assert refused.value.visitors == Exposure.objects.count()


def test_part_leaves_out_another_experiment(experiment):
    other = factories.make_experiment(experiment.store)
    factories.make_exposure(other.variants.get(key="control"), device="phone")
    part = ExposurePart((("device", "phone"),), FIRST, LAST)
    assert read(experiment, part, "control") == counted(experiment, "control", device="phone")
