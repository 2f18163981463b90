"""Health figures, counted by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest

from experiments import audit
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import AuditAction, Experiment, Source, Status
from experiments.reading.facts import facts_of
from experiments.report import Health
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=10)


def check(experiment: Experiment) -> Health:
    return analyse(experiment, now=NOW).health


def expose(experiment: Experiment, key: str, count: int, **fields) -> None:
    for _ in range(count):
        factories.make_exposure(experiment.variants.get(key=key), **fields)


def test_health_even_split_is_not_alarming():
    experiment = factories.make_experiment()
    expose(experiment, "control", 10)
    expose(experiment, "treatment", 10)
    found = check(experiment)
    assert found.sample_ratio.p_value == pytest.approx(1.0)
    assert not found.sample_ratio.is_alarming


@pytest.mark.slow
def test_health_lost_visitors_are_alarming():
    experiment = factories.make_experiment()
    expose(experiment, "control", 80)
    expose(experiment, "treatment", 20)
    found = check(experiment).sample_ratio
    assert found.p_value == pytest.approx(1.973e-9, rel=1e-3)  # chi-square 36 with 1 degree of freedom
    assert found.corrected_p_value is not None
    assert 1e-7 < found.corrected_p_value < 1e-5  # read at any time, the same is less sure
    assert found.is_alarming


def test_health_without_visitors_says_so():
    found = check(factories.make_experiment())
    assert found.sample_ratio.p_value is None
    assert found.sample_ratio.unavailable
    assert (found.conflicting_share, found.immature_share, found.unmatched_order_share) == (None, None, None)


def test_health_shares_are_counted():
    experiment = factories.make_experiment(attribution_window_days=7)
    expose(experiment, "control", 3)
    expose(experiment, "treatment", 1, exposed_at=NOW - timedelta(days=1), is_conflicting=True)
    variant = experiment.variants.get(key="treatment")
    skipped = [EventRecord(uuid4(), "skipped", NOON, f"s{n}", experiment.pk, variant.pk) for n in (1, 2, 3)]
    record_events(experiment.store_id, skipped, received_at=NOON)
    for number, visitor_id in enumerate(["", "v_1", "v_2", "v_3"]):
        factories.make_order(experiment.store, visitor_id=visitor_id, placed_at=NOON + timedelta(hours=number))
    factories.make_order(experiment.store, placed_at=NOON - timedelta(days=1))
    factories.make_order(experiment.store, status="cancelled")
    found = check(experiment)
    assert (found.conflicting, found.conflicting_share) == (1, 0.25)
    assert (found.immature, found.immature_share) == (1, 0.25)
    assert found.skipped_shares == {"treatment": 0.75}
    assert found.unmatched_order_share == 0.25


def test_health_imported_outcomes_are_complete_and_weights_unknown():
    experiment = factories.make_experiment(source=Source.IMPORTED)
    expose(experiment, "control", 40, exposed_at=NOW)
    found = check(experiment)
    assert found.sample_ratio.p_value is not None
    assert found.sample_ratio.p_value < 1e-6
    assert not found.sample_ratio.is_alarming  # nobody told us the planned split
    assert (found.immature, found.immature_share, found.unmatched_order_share) == (0, 0.0, None)


def test_health_orders_by_day_of_the_store_without_a_known_visitor():
    store = factories.make_store(timezone="Asia/Tokyo")  # nine hours ahead: its day ends at 15:00 UTC
    experiment = factories.make_experiment(store)
    expose(experiment, "control", 1)
    expose(experiment, "treatment", 1, exposed_at=NOON + timedelta(days=1))
    for hours, visitor_id, linked_visitor_id, status in (
        (0, "v_1", "", "paid"),
        (1, "", "", "paid"),
        (2, "", "v_1", "paid"),
        (3, "", "v_2", "paid"),
        (4, "", "", "on_hold"),
        (4.5, "", "", "pending"),
        (5, "", "", "cancelled"),
        (25, "", "", "paid"),
    ):
        at = NOON + timedelta(hours=hours)
        factories.make_order(
            store, visitor_id=visitor_id, linked_visitor_id=linked_visitor_id, status=status, placed_at=at
        )
    factories.make_order(factories.make_store())
    found = check(experiment)
    days = [(str(day.day), day.orders, day.unmatched, day.unmatched_share) for day in found.order_days]
    assert days == [("2026-11-02", 3, 1, 1 / 3), ("2026-11-03", 2, 1, 0.5)]
    assert found.unmatched_order_share == 2 / 5


def test_health_automated_visits_are_counted_apart():
    experiment = factories.make_experiment()
    expose(experiment, "control", 3)
    expose(experiment, "treatment", 2, is_automated=True)
    found = check(experiment)
    assert (found.automated, found.is_automation_counted) == (2, False)
    assert facts_of(experiment, NOW).visitors == 3


def test_health_says_from_which_day_on_exposures_count_by_another_trigger():
    experiment = factories.make_experiment()
    for day in (0, 1, 4):
        expose(experiment, "control", 2, exposed_at=NOON + timedelta(days=day))
    assert check(experiment).trigger_changed_on is None
    for day in (6, 8):
        expose(experiment, "control", 2, exposed_at=NOON + timedelta(days=day), trigger_version=2)
    assert check(experiment).trigger_changed_on == (NOON + timedelta(days=6)).date()


def test_health_trigger_that_changed_within_a_day_is_of_that_day():
    experiment = factories.make_experiment()
    expose(experiment, "control", 1, exposed_at=NOON)
    expose(experiment, "treatment", 1, exposed_at=NOON + timedelta(hours=1), trigger_version=2)
    assert check(experiment).trigger_changed_on == NOON.date()


def expose_by_day(experiment: Experiment, visitors: dict[int, int]) -> None:
    for day, count in visitors.items():
        expose(experiment, "control", count, exposed_at=NOON + timedelta(days=day))


def test_health_day_without_exposures_between_busy_ones_is_a_gap():
    experiment = factories.make_experiment()
    expose_by_day(experiment, {0: 12, 1: 10, 3: 11, 4: 12, 6: 9})
    found = check(experiment)
    assert [str(day) for day in found.gap_days] == ["2026-11-04"]  # that before a day of nine may be chance
    assert found.gap_share == 1 / 6
    assert found.silent_days == 0


def test_health_pause_is_no_gap():
    experiment = factories.make_experiment()
    expose_by_day(experiment, {0: 12, 3: 12})
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.PAUSED,
        actor="mk",
        at=NOON + timedelta(hours=3),
    )
    assert check(experiment).gap_days == []
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.RESUMED,
        actor="mk",
        at=NOON + timedelta(days=1, hours=1),
    )
    assert [str(day) for day in check(experiment).gap_days] == ["2026-11-04"]


def test_health_running_test_whose_exposures_stopped_is_silent():
    experiment = factories.make_experiment()
    expose_by_day(experiment, {0: 12, 1: 12})
    assert check(experiment).silent_days == 8
    experiment.status = Status.STOPPED
    assert check(experiment).silent_days == 0


@pytest.mark.slow
def test_health_split_is_checked_within_devices():
    experiment = factories.make_experiment()
    for device, control, treatment in (("phone", 80, 20), ("desktop", 60, 60), ("tablet", 20, 79)):
        expose(experiment, "control", control, device=device)
        expose(experiment, "treatment", treatment, device=device)
    found = {one.value: one for one in check(experiment).segment_ratios}
    assert set(found) == {"phone", "desktop"}  # fewer than a hundred tablets
    assert found["phone"].visitors == {"control": 80, "treatment": 20}
    assert found["phone"].p_value == pytest.approx(1.973e-9, rel=1e-3)  # chi-square 36 with 1 degree of freedom
    always_valid = found["phone"].always_valid_p_value
    assert always_valid is not None
    # twice for the chi-square at the end, twice for two devices
    assert found["phone"].corrected_p_value == pytest.approx(4 * always_valid)
    assert found["phone"].is_alarming
    assert not found["desktop"].is_alarming


def test_health_says_from_which_day_of_the_store_unpaid_orders_do_not_count():
    since = NOON.replace(hour=20)  # in Tokyo the next day
    store = factories.make_store(timezone="Asia/Tokyo", unpaid_left_out_since=since)
    before, after = factories.make_experiment(store), factories.make_experiment(store)
    expose(before, "control", 1)
    expose(after, "control", 1, exposed_at=since)
    assert str(check(before).unpaid_left_out_since) == "2026-11-03"
    assert check(after).unpaid_left_out_since is None
    assert check(factories.make_experiment()).unpaid_left_out_since is None
