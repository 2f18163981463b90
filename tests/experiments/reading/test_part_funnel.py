"""How far a part's visitors got: of the segment and days asked for, added up or not, and as many as can be counted."""

from datetime import timedelta
from uuid import uuid4

import pytest

from experiments.accounting.funnel_changes import add_up_changes
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import Exposure
from experiments.reading import part_funnel as reading
from experiments.reading.part_funnel import part_funnel
from experiments.reading.parts import ExposurePart
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FIRST = NOON.date()
# visitor, device, day, what they did; the first three are added up
STEPS = [
    ("v_1", "phone", 0, ("impression", "impression", "accept")),
    ("v_2", "desktop", 0, ("impression", "click")),
    ("v_3", "phone", 1, ("impression",)),
    ("v_4", "phone", 1, ("impression", "accept")),
    ("v_5", "phone", 2, ("skipped",)),
]


def send(experiment, steps):
    treatment = experiment.variants.get(key="treatment")
    for visitor_id, device, day, kinds in steps:
        at = NOON + timedelta(days=day)
        records = []
        for kind in ("exposure", *kinds):
            records.append(EventRecord(uuid4(), kind, at, visitor_id, experiment.pk, treatment.pk))
        record_events(experiment.store_id, records, received_at=at)
        Exposure.objects.filter(visitor_id=visitor_id).update(device=device)


@pytest.fixture
def experiment():
    experiment = factories.make_experiment()
    send(experiment, STEPS[:3])
    add_up_changes()
    send(experiment, STEPS[3:])
    return experiment


@pytest.mark.parametrize(
    ("segments", "first", "last"), [({}, 0, 1), ({"device": "phone"}, 0, 2), ({"device": "phone"}, 1, 1)]
)
def test_part_funnel_counts_who_is_in_the_part(experiment, segments, first, last):
    part = ExposurePart(tuple(segments.items()), FIRST + timedelta(days=first), FIRST + timedelta(days=last))
    wanted = []
    for _visitor, device, day, kinds in STEPS:
        if first <= day <= last and segments.get("device", device) == device:
            wanted.append(kinds)
    found = part_funnel(experiment, part).counts
    assert found is not None
    treatment = experiment.variants.get(key="treatment")
    for kind in ("impression", "click", "accept", "skipped"):
        assert found.visitors(treatment, kind) == sum(kind in kinds for kinds in wanted)
        assert found.events(treatment, kind) == sum(kinds.count(kind) for kinds in wanted)


def test_part_funnel_of_too_many_visitors_says_how_many(experiment, monkeypatch):
    monkeypatch.setattr(reading, "MOST_COUNTED", 2)
    part = ExposurePart((("device", "phone"),), FIRST, FIRST + timedelta(days=1))
    found = part_funnel(experiment, part)
    assert (found.counts, found.too_many) == (None, 4)  # all exposed on these days, phones or not
