"""Each part of the long statements by itself, on days that were worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from experiments.accounting import rollups
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import EventType, Experiment
from experiments.reading import aggregation, facts, funnel, reconciliation, sums
from experiments.reading.aggregation import EVERYBODY
from tests import factories
from tests.factories import NOON
from tests.sql_parts import part

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TOUCHED = [date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 8)]
ORDERS = [("orders",)]


@pytest.fixture
def experiment() -> Experiment:
    """Two visitors on 2 November, whose day is added up; one each on 4, 5 and 8 November, which are touched."""
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.get(key="control"), experiment.variants.get(key="treatment")
    factories.make_exposure(control, orders=1, has_converted=True, revenue_minor=900, cart_value_minor=700)
    factories.make_exposure(treatment)
    rollups.refresh_touched()
    for days in (2, 3, 6):
        factories.make_exposure(treatment, exposed_at=NOON + days * DAY, orders=2, has_converted=True)
    return experiment


def asked(experiment: Experiment, **more: Any) -> dict[str, Any]:
    return aggregation.parameters(experiment, None) | more


def totals(experiment: Experiment) -> str:
    return aggregation.TOTALS.format(
        touched=aggregation.TOUCHED,
        spans=sums.SPANS,
        dimensions=EVERYBODY,
        columns="orders",
        totals="sum(orders)",
        grouped=aggregation.fresh(ORDERS, EVERYBODY),
    )


def test_touched_names_the_days_that_changed_since_they_were_added_up(experiment):
    assert sorted({row[0] for row in part(totals(experiment), "touched", asked(experiment))}) == TOUCHED


def test_touched_with_another_cap_names_all_days(experiment):
    parameters = aggregation.parameters(experiment, 500)
    named = {row[0] for row in part(totals(experiment), "touched", parameters)}
    assert named == {NOON.date(), *TOUCHED}


def test_span_has_each_day_with_its_beginning_and_end(experiment):
    spans = sorted(part(totals(experiment), "span", asked(experiment)))
    assert [day for day, _, _ in spans] == TOUCHED
    assert spans[-1][1:] == (datetime(2026, 11, 8, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))


def test_span_has_days_of_the_tests_own_clock(experiment):
    experiment.day_zone = "America/New_York"
    last = max(part(totals(experiment), "span", asked(experiment)))
    assert last[1:] == (datetime(2026, 11, 8, 5, tzinfo=UTC), datetime(2026, 11, 9, 5, tzinfo=UTC))


def test_part_of_the_totals_has_each_day_once_from_either_source(experiment):
    rows = part(totals(experiment), "part", asked(experiment), "variant_id, visitors, orders::int")
    control, treatment = (experiment.variants.get(key=key).pk for key in ("control", "treatment"))
    assert sorted(rows) == sorted([(control, 1, 1), (treatment, 1, 0), *[(treatment, 1, 2)] * 3])


def test_part_of_the_days_has_each_day_once_from_either_source(experiment):
    query = aggregation.DAILY.format(
        touched=aggregation.TOUCHED, spans=sums.SPANS, columns="orders", fresh=sums.by_day(ORDERS)
    )
    rows = part(query, "part", asked(experiment), "day, visitors, orders::int")
    assert sorted(rows) == [(NOON.date(), 1, 0), (NOON.date(), 1, 1), *((day, 1, 2) for day in TOUCHED)]


def test_ends_of_the_facts_are_the_first_exposure_the_last_and_a_week_before_it(experiment):
    last = NOON + 6 * DAY
    (ends,) = part(facts.FACTS, "ends", asked(experiment, open_since=NOON))
    assert ends == (NOON, last, last - 7 * DAY)


def test_ends_of_nobody_are_unknown():
    nobody = factories.make_experiment()
    assert part(facts.FACTS, "ends", asked(nobody, open_since=NOON)) == [(None, None, None)]


def test_edge_counts_who_came_later_on_a_kept_day_and_nobody_of_a_touched_one(experiment):
    kept = part(facts.FACTS, "edge", asked(experiment, open_since=NOON - timedelta(hours=1)), "day, beyond")
    assert (NOON.date(), 2) in kept
    touched = part(facts.FACTS, "edge", asked(experiment, open_since=NOON + 2 * DAY - timedelta(hours=1)))
    assert [beyond for _, day, beyond in touched if day == TOUCHED[0]] == [0]


def test_part_of_the_facts_counts_kept_days_and_touched_exposures(experiment):
    columns = "visitors, conflicting, known, cart_value::int, immature, fresh"
    rows = part(facts.FACTS, "part", asked(experiment, open_since=NOON + 4 * DAY), columns)
    # two rows of the kept day, one a variant; of three touched visitors one came after the window opened
    assert sorted(rows, key=str) == sorted([(1, 0, 1, 700, 0, 1), (1, 0, 0, 0, 0, 1), (3, 0, 0, None, 1, 3)], key=str)


def test_touched_days_of_several_experiments_are_named_once_each(experiment):
    factories.make_exposure(experiment.variants.get(key="control"), exposed_at=NOON + 2 * DAY)
    rows = part(facts.VISITORS, "touched", {"experiment_ids": [experiment.pk]})
    assert sorted(rows) == [(experiment.pk, day, "UTC") for day in TOUCHED]


def event(experiment: Experiment, visitor: str, kind: str, **props: Any) -> EventRecord:
    return EventRecord(
        event_id=uuid4(),
        type=kind,
        occurred_at=NOON,
        visitor_id=visitor,
        experiment_id=experiment.pk,
        variant_id=experiment.variants.get(key="treatment").pk,
        moment="cart",
        props=props,
    )


def test_by_visitor_takes_an_accept_back_and_leaves_automated_visitors_out(experiment):
    treatment = experiment.variants.get(key="treatment")
    factories.make_exposure(treatment, visitor_id="robot", is_automated=True)
    record_events(
        experiment.store_id,
        [
            event(experiment, "ann", EventType.ACCEPT),
            event(experiment, "ann", EventType.DECLINE, undone=True),
            event(experiment, "ben", EventType.ACCEPT),
            event(experiment, "ben", EventType.DECLINE),
            event(experiment, "robot", EventType.ACCEPT),
        ],
        received_at=NOON,
    )
    ids = {"experiment_id": experiment.pk, "store_id": experiment.store_id}
    rows = part(funnel.COUNT_EVENTS, "by_visitor", ids, "visitor_id, kind, events::int")
    assert sorted(rows) == [("ann", "accept", 0), ("ben", "accept", 1), ("ben", "decline", 1)]


def test_theirs_are_the_orders_of_the_day_with_the_visitor_named_or_else_linked():
    store = factories.make_store()
    factories.make_order(store, external_id="named", visitor_id="ann", linked_visitor_id="ben")
    factories.make_order(store, external_id="linked", linked_visitor_id="ben")
    factories.make_order(store, external_id="nobody")
    factories.make_order(store, external_id="day-after", placed_at=NOON + DAY)
    rows = part(reconciliation.SUMS, "theirs", reconciliation.span(store, NOON.date()), "external_id, whose")
    assert sorted(rows) == [("linked", "ben"), ("named", "ann"), ("nobody", "")]


def test_fate_of_several_reasons_is_the_first():
    store = factories.make_store()
    factories.make_order(store, external_id="both", status="pending", currency="JPY")
    factories.make_order(store, external_id="foreign", currency="JPY")
    factories.make_order(store, external_id="nobody")
    rows = part(reconciliation.SUMS, "fate", reconciliation.span(store, NOON.date()), "external_id, fate")
    assert sorted(rows) == [("both", "unpaid"), ("foreign", "other_currency"), ("nobody", "no_visitor")]
