"""Outcome columns equal a recomputation in plain Python, whatever arrived in whatever order."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from experiments.accounting.orders import record_orders
from experiments.accounting.rebuild import rebuild
from experiments.models import Exposure
from tests import factories
from tests.examples import examples
from tests.experiments.accounting.outcomes_of_orders import outcome_of
from tests.experiments.accounting.world import arrivals, do_jobs, expected_outcomes, make_world, take

AS_BEFORE = (Path(__file__).parents[2] / "data" / "outcomes_of_visitors_alone.sql").read_text()


@pytest.mark.slow
@pytest.mark.django_db
@examples(40)
@given(steps=arrivals(), is_bulk=st.booleans())
def test_outcomes_any_arrival_order_equals_plain_recomputation(steps, is_bulk):
    store = factories.make_store()
    variants = make_world(store)
    bulk = [step for step in steps if step[0] == "order" and is_bulk]
    for step in [step for step in steps if step not in bulk]:
        take(store, variants, *step)
    record_orders(store, [replace(data) for _, data in bulk])
    do_jobs()
    stored = {
        (exposure.experiment.key, exposure.visitor_id): outcome_of(exposure)
        for exposure in Exposure.objects.filter(store=store).select_related("experiment")
    }
    assert stored == expected_outcomes(steps)
    # To the cent what they were while visitors were the only unit: that statement, too, writes nothing else.
    visitors = sorted(set(Exposure.objects.filter(store=store).values_list("visitor_id", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute(AS_BEFORE, {"store_id": store.pk, "visitor_ids": visitors})
        assert cursor.rowcount == 0
    for variant in variants.values():
        rebuilt = rebuild(variant.experiment)
        assert (rebuilt.wrong_exposures, rebuilt.wrong_sums) == (0, 0)
