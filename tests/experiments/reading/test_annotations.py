"""Which annotations a test's report has, and which of its days a store's days touch."""

from datetime import date, timedelta
from typing import Any

import pytest

from experiments.models import Annotation, Experiment, Store
from experiments.reading.annotations import annotations_of, touched_days
from tests import factories
from tests.factories import NOON


@pytest.mark.parametrize(
    ("timezone", "day_zone", "days"),
    [
        ("UTC", "UTC", [27]),
        ("Europe/Berlin", "Europe/Berlin", [27]),
        # Of a test that began before days were the store's:
        ("Europe/Berlin", "UTC", [26, 27]),  # begins at 23:00 UTC the day before
        ("America/New_York", "UTC", [27, 28]),  # ends at 5:00 UTC the day after
    ],
)
def test_touched_days_are_those_that_the_stores_day_has_a_part_of(timezone, day_zone, days):
    friday = date(2026, 11, 27)
    experiment = Experiment(store=Store(timezone=timezone), day_zone=day_zone)
    assert touched_days(experiment, friday, friday) == [date(2026, 11, day) for day in days]


@pytest.mark.django_db
def test_annotations_of_a_test_are_those_of_its_days_store_and_itself():
    store = factories.make_store(timezone="Pacific/Auckland")
    experiment, other = factories.make_experiment(store, key="a"), factories.make_experiment(store, key="b")
    first, last = NOON, NOON + timedelta(days=3)  # in Auckland, noon is the next day

    def annotate(text: str, days_later: int, **fields: Any) -> None:
        day = NOON.date() + timedelta(days=days_later)
        Annotation.objects.create(
            store=fields.pop("store", store), kind="campaign", text=text, first_day=day, last_day=day, **fields
        )

    annotate("before", 0)
    annotate("first", 1)
    annotate("own", 2, experiment=experiment)
    annotate("of another test", 2, experiment=other)
    annotate("of another store", 2, store=factories.make_store(slug="foreign"))
    annotate("last", 4)
    annotate("after", 5)
    assert [one.text for one in annotations_of(experiment, first, last)] == ["first", "own", "last"]
    assert annotations_of(experiment, None, None) == []
