"""A rebuild finds nothing where all is well, and puts right what isn't."""

from unittest.mock import patch

import pytest

from experiments.accounting import rollups
from experiments.accounting.orders import record_order, record_orders
from experiments.accounting.rebuild import RebuildResult, rebuild
from experiments.models import Exposure, ExposureDay, Order, Source, TouchedDay
from tests import factories
from tests.experiments.accounting.day_sums import of_everybody
from tests.experiments.accounting.outcomes_of_orders import order

pytestmark = pytest.mark.django_db


@pytest.fixture
def exposure() -> Exposure:
    variant = factories.make_experiment(key="first").variants.get(key="treatment")
    for number in (2, 3):
        factories.make_exposure(variant, visitor_id=f"v_{number}")
    exposure = factories.make_exposure(variant, visitor_id="v_1")
    record_order(exposure.store, order())
    return exposure


def test_rebuild_of_what_is_right_finds_nothing(exposure):
    record_orders(exposure.store, [order("2", "v_2"), order("3", "v_3"), order("4", "v_nobody")])
    factories.make_exposure(exposure.variant, visitor_id="v_4")
    rollups.refresh_touched()
    done: list[int] = []
    with patch("experiments.accounting.rebuild.BATCH", 2):
        assert rebuild(exposure.experiment, on_progress=done.append) == RebuildResult(exposures=4, days=1)
    assert done == [1, 3, 4], "who has no order and no outcome is done with at once"
    assert of_everybody("revenue") == 3000


def test_rebuild_of_touched_days_finds_nothing(exposure):
    assert rebuild(exposure.experiment) == RebuildResult(exposures=3, days=1)
    assert of_everybody("revenue") == 1000


def test_rebuild_links_orders_again(exposure):
    record_orders(exposure.store, [order("2", customer_id="c"), order("3", "", customer_id="c")])
    Order.objects.filter(external_id="3").update(linked_visitor_id="v_2")
    Order.objects.filter(external_id="2").update(linked_visitor_id="v_3")
    rebuilt = rebuild(exposure.experiment)
    assert (rebuilt.wrong_links, rebuilt.wrong) == (2, 2)
    assert set(Order.objects.values_list("external_id", "linked_visitor_id")) == {("1", ""), ("2", ""), ("3", "v_1")}


def test_rebuild_puts_wrong_outcomes_right(exposure):
    Exposure.objects.filter(visitor_id="v_2").update(orders=1, revenue_minor=5, has_converted=True)
    rebuilt = rebuild(exposure.experiment)
    assert (rebuilt.wrong_exposures, rebuilt.wrong_sums) == (1, 0)
    assert not Exposure.objects.get(visitor_id="v_2").has_converted
    assert of_everybody("revenue") == 1000


def test_rebuild_puts_wrong_sums_right(exposure):
    rollups.refresh_touched()
    ExposureDay.objects.update(revenue=1)
    assert rebuild(exposure.experiment) == RebuildResult(exposures=3, days=1, wrong_sums=1)
    assert of_everybody("revenue") == 1000


def test_rebuild_takes_back_sums_without_exposures(exposure):
    rollups.refresh_touched()
    Exposure.objects.all().delete()
    TouchedDay.objects.all().delete()
    assert rebuild(exposure.experiment) == RebuildResult(days=1, wrong_sums=1)
    assert not ExposureDay.objects.exists()


def test_rebuild_leaves_imported_outcomes_alone(exposure):
    exposure.experiment.source = Source.IMPORTED
    exposure.experiment.save()
    Exposure.objects.filter(visitor_id="v_2").update(orders=1, revenue_minor=5, has_converted=True)
    assert rebuild(exposure.experiment).wrong_exposures == 0
    assert of_everybody("revenue") == 1005
