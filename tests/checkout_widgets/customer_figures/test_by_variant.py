"""What customers did by variant, against a count by hand."""

from datetime import timedelta

import pytest

from checkout_widgets.customer_figures.by_variant import outcomes_of
from experiments.accounting.orders import record_order
from experiments.models import Variant
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.experiments.accounting.outcomes_of_orders import expose, order
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fill(variant: Variant, names: str, buyers: int) -> None:
    """Reach ten customers, of whom so many order on the 20th and the 60th day after."""
    for number in range(10):
        reach(variant, f"i_{names}{number}")
        if number < buyers:
            for days in (20, 60):
                record_order(
                    variant.experiment.store,
                    order(f"{names}{number}-{days}", "", customer_id=f"{names}{number}", placed_at=NOON + days * DAY),
                )


def test_outcomes_are_of_customers_whose_days_are_over_beside_the_control():
    experiment = factories.make_customer_experiment()
    fill(experiment.variants.get(key="control"), "c", 3)
    fill(experiment.variants.get(key="treatment"), "t", 5)
    found = outcomes_of(experiment.store, NOON + 100 * DAY)
    counted = [(one.days, one.is_control, one.units, one.buyers, one.revenue_minor) for one in found]
    assert counted == [
        (30, True, 10, 3, 3_000),
        (30, False, 10, 5, 5_000),
        (90, True, 10, 3, 6_000),
        (90, False, 10, 5, 10_000),
    ]
    treatment = found[-1]
    assert treatment.rate == 0.5
    assert treatment.value_minor == 1_000
    assert treatment.rate_difference is not None
    assert treatment.rate_difference.expected == pytest.approx(0.2)
    assert treatment.rate_difference.low < 0.2 < treatment.rate_difference.high
    assert found[0].rate_difference is None


def test_outcomes_have_holdouts_and_no_tests_of_visitors_or_other_stores():
    store = factories.make_store()
    holdout = factories.make_holdout(store)
    for key in ("held-out", "offers"):
        expose(holdout.variants.get(key=key), f"v_{key}")
    expose(factories.make_experiment(store).variants.get(key="control"), "v_1")
    found = outcomes_of(store, NOON + 100 * DAY)
    assert {one.experiment for one in found} == {holdout.key}
    assert {one.days for one in found} == {30, 90}
    assert outcomes_of(factories.make_store(), NOON + 100 * DAY) == []
    assert outcomes_of(store, NOON + 10 * DAY) == []
