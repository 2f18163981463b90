"""A rebuild finds nothing where all is well, and puts right what isn't."""

from unittest.mock import patch

import pytest

from experiments import rollups
from experiments.models import Exposure, ExposureDay, Source, TouchedDay
from experiments.orders import record_order
from experiments.rebuild import Rebuilt, rebuild
from tests import factories
from tests.experiments.test_outcomes import order
from tests.experiments.test_rollups import of_everybody

pytestmark = pytest.mark.django_db


@pytest.fixture
def exposure() -> Exposure:
    variant = factories.make_experiment(key="first").variants.get(key="treatment")
    for number in (2, 3):
        factories.make_exposure(variant, visitor_id=f"v_{number}")
    exposure = factories.make_exposure(variant, visitor_id="v_1")
    record_order(exposure.store, order())
    return exposure


@pytest.mark.parametrize("is_refreshed", [False, True])
def test_rebuild_of_what_is_right_finds_nothing(exposure, is_refreshed):
    if is_refreshed:
        rollups.refresh_touched()
    done: list[int] = []
    with patch("experiments.rebuild.BATCH", 2):
        assert rebuild(exposure.experiment, on_progress=done.append) == Rebuilt(exposures=3, days=1)
    assert done == [2, 3]
    assert of_everybody("revenue") == 1000


def test_rebuild_puts_wrong_outcomes_right(exposure):
    Exposure.objects.filter(visitor_id="v_2").update(orders=1, revenue_minor=5, has_converted=True)
    rebuilt = rebuild(exposure.experiment)
    assert (rebuilt.wrong_exposures, rebuilt.wrong_sums) == (1, 0)
    assert not Exposure.objects.get(visitor_id="v_2").has_converted
    assert of_everybody("revenue") == 1000


def test_rebuild_puts_wrong_sums_right(exposure):
    rollups.refresh_touched()
    ExposureDay.objects.update(revenue=1)
    assert rebuild(exposure.experiment) == Rebuilt(exposures=3, days=1, wrong_sums=1)
    assert of_everybody("revenue") == 1000


def test_rebuild_takes_back_sums_without_exposures(exposure):
    rollups.refresh_touched()
    Exposure.objects.all().delete()
    TouchedDay.objects.all().delete()
    assert rebuild(exposure.experiment) == Rebuilt(days=1, wrong_sums=1)
    assert not ExposureDay.objects.exists()


def test_rebuild_leaves_imported_outcomes_alone(exposure):
    exposure.experiment.source = Source.IMPORTED
    exposure.experiment.save()
    Exposure.objects.filter(visitor_id="v_2").update(orders=1, revenue_minor=5, has_converted=True)
    assert rebuild(exposure.experiment).wrong_exposures == 0
    assert of_everybody("revenue") == 1005
