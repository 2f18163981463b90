"""The funnel counts visitors once and events all."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from experiments.accounting.funnel_changes import add_up_changes
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import Experiment, Store
from experiments.reading import aggregation
from experiments.reading.funnel import COUNT_EVENTS, COUNT_FUNNEL, count_events, counted_by
from tests import factories
from tests.factories import NOON


@pytest.mark.django_db
def test_funnel_counts_visitors_once_and_events_all():
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.all()
    steps = [
        (control, "v_1", "exposure"),
        (treatment, "v_2", "exposure"),
        (treatment, "v_2", "impression"),
        (treatment, "v_2", "impression"),
        (treatment, "v_3", "exposure"),
        (treatment, "v_3", "impression"),
        (treatment, "v_3", "accept"),
        (treatment, "v_4", "skipped"),
    ]
    records = [
        EventRecord(uuid4(), kind, NOON, visitor_id, experiment.pk, variant.pk) for variant, visitor_id, kind in steps
    ]
    record_events(experiment.store_id, records, received_at=NOON)
    factories.make_exposure(treatment, orders=2, has_converted=True)

    funnel = count_events(experiment)
    rows = {row.variant: row for row in funnel.rows([control, treatment], aggregation.aggregates(experiment))}
    assert funnel.visitors(treatment, "skipped") == 1
    assert (rows["control"].exposed, rows["control"].visitors["impression"], rows["control"].ordered) == (1, 0, 0)
    assert (rows["treatment"].exposed, rows["treatment"].ordered) == (3, 1)
    assert (rows["treatment"].visitors["impression"], rows["treatment"].events["impression"]) == (2, 3)
    assert (rows["treatment"].visitors["accept"], rows["treatment"].visitors["click"]) == (1, 0)


@pytest.mark.django_db
def test_funnel_counts_an_acceptance_that_was_taken_back_as_neither_accept_nor_decline():
    experiment = factories.make_experiment()
    treatment = experiment.variants.get(key="treatment")
    undone = {"undone": True}
    steps = [
        ("v_kept", "accept", {}),
        ("v_taken_back", "accept", {}),
        ("v_taken_back", "decline", undone),
        ("v_ticked_again", "accept", {}),
        ("v_ticked_again", "decline", undone),
        ("v_ticked_again", "accept", {}),
        ("v_declined", "decline", {}),
        ("v_lost", "decline", undone),  # its accept never arrived
    ]
    records = [
        EventRecord(uuid4(), kind, NOON, visitor_id, experiment.pk, treatment.pk, props=props)
        for visitor_id, kind, props in steps
    ]
    record_events(experiment.store_id, records, received_at=NOON)
    funnel = count_events(experiment)
    assert funnel.counts[treatment.pk, "accept"] == (2, 2)
    assert funnel.counts[treatment.pk, "decline"] == (1, 1)


@pytest.mark.django_db
def test_funnel_leaves_automated_visitors_out_unless_the_store_counts_them():
    experiment = factories.make_experiment()
    treatment = experiment.variants.get(key="treatment")
    records = [
        EventRecord(uuid4(), kind, NOON, visitor_id, experiment.pk, treatment.pk, is_automated=visitor_id == "v_bot")
        for visitor_id in ("v_1", "v_bot")
        for kind in ("exposure", "accept")
    ]
    record_events(experiment.store_id, records, received_at=NOON)
    assert count_events(experiment).visitors(treatment, "accept") == 1
    Store.objects.update(is_automation_counted=True)
    assert count_events(experiment).visitors(treatment, "accept") == 2


VISITORS = """
INSERT INTO experiments_widgetevent (store_id, event_id, month, type, occurred_at, received_at, visitor_id,
    experiment_id, variant_id, moment, props)
SELECT %(store)s, gen_random_uuid(), '2026-11-01', type, %(at)s::timestamptz + number * interval '1 minute', %(at)s,
    'v_' || number, %(experiment)s, %(variant)s, 'cart', '{}'
FROM generate_series(1, 2000) AS number, unnest('{exposure,impression,click}'::text[]) AS type, generate_series(1, 5)
"""


def pages_of(query: str, experiment: Experiment) -> int:
    """How many pages of the database a statement reads."""
    parameters: dict[str, Any] = {"experiment_id": experiment.pk, "store_id": experiment.store_id}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", parameters)
        ((plan,),) = cursor.fetchone()
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


@pytest.mark.django_db
def test_funnel_reads_a_small_part_of_what_its_events_are():
    experiment = factories.make_experiment()
    treatment = experiment.variants.get(key="treatment")
    ids: dict[str, Any] = {
        "store": experiment.store_id,
        "experiment": experiment.pk,
        "variant": treatment.pk,
        "at": NOON,
    }
    with connection.cursor() as cursor:
        cursor.execute(VISITORS, ids)
    add_up_changes()
    record = EventRecord(uuid4(), "click", NOON, "v_1", experiment.pk, treatment.pk)
    record_events(experiment.store_id, [record], received_at=NOON)
    counts = counted_by(COUNT_FUNNEL, experiment).counts
    assert counts == counted_by(COUNT_EVENTS, experiment).counts
    assert counts[treatment.pk, "click"] == (10_001, 2_000)
    assert pages_of(COUNT_FUNNEL, experiment) < 0.1 * pages_of(COUNT_EVENTS, experiment)
