"""A report by a weekly plan reads the visitors whose outcome is mature, and counts everybody."""

from datetime import date, timedelta
from typing import Any

import pytest

from experiments.models import Experiment, PlanVersion, Source
from experiments.report import Report
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = NOON + 20 * DAY


def make_test(**fields: Any) -> Experiment:
    return factories.make_experiment(**{"plan_version": PlanVersion.WEEKLY, "planned_sample": 1_000} | fields)


def expose(experiment: Experiment, days_ago: int, *, revenue_minor: int = 0) -> None:
    """One visitor of each variant, a buyer where there is revenue."""
    for variant in experiment.variants.all():
        factories.make_exposure(
            variant,
            exposed_at=LATER - days_ago * DAY,
            orders=int(revenue_minor > 0),
            has_converted=revenue_minor > 0,
            revenue_minor=revenue_minor,
        )


def report_of(experiment: Experiment) -> Report:
    return analyse(experiment, now=LATER)


def rule(report: Report, code: str) -> str:
    return next(f"{rule.text}: {rule.detail}" for rule in report.verdict.rules if rule.code == code)


def test_report_reads_mature_visitors_and_counts_all():
    experiment = make_test(delays={"hours": 48, "orders": 500})
    expose(experiment, 3, revenue_minor=5_000)
    expose(experiment, 1, revenue_minor=70_000)
    report = report_of(experiment)
    rpv = report.metric("rpv", "treatment")
    assert (rpv.control.numerator, rpv.control.denominator) == (5_000, 1)
    assert [(variant.visitors, variant.revenue_minor) for variant in report.variants] == [(2, 75_000)] * 2
    assert report.maturity is not None
    assert (report.maturity.visitors, report.maturity.share, report.maturity.days) == (2, 0.5, 1)
    assert report.maturity.last_day == date(2026, 11, 19)
    assert report.progress is not None
    assert (report.progress.visitors, report.progress.exposed) == (1, 2)
    assert rule(report, "maturity") == (
        "Visitors count 2 days after their exposure, when nearly all of their orders are in: "
        "50.0% of visitors count, up to 19 November"
    )


def test_report_reads_mature_visitors_whether_or_not_their_day_is_added_up():
    from experiments.accounting import rollups

    experiment = make_test(delays={"hours": 48}, cap_minor=60_000)
    expose(experiment, 3, revenue_minor=5_000)
    expose(experiment, 1, revenue_minor=70_000)
    touched = report_of(experiment)
    rollups.refresh_touched()
    assert report_of(experiment).sums == touched.sums
    assert {row.visitors for row in touched.sums} == {1}


def test_report_without_known_delays_waits_for_the_attribution_window():
    experiment = make_test()
    expose(experiment, 9, revenue_minor=5_000)
    expose(experiment, 6, revenue_minor=5_000)
    report = report_of(experiment)
    assert report.maturity is not None
    assert (report.maturity.hours, report.maturity.is_known, report.maturity.visitors) == (168, False, 2)
    assert rule(report, "maturity").startswith("Visitors count 7 days after their exposure, because it isn't known")
    assert rule(report, "reserve").startswith("Refunds aren't known yet")


def test_report_in_which_nobody_is_mature_says_when_the_first_will_be():
    experiment = make_test()
    expose(experiment, 2, revenue_minor=5_000)
    report = report_of(experiment)
    assert report.verdict.headline == (
        "Collecting: visitors count 7 days after their exposure, and none are that old yet."
    )
    assert report.verdict.code == "collecting"


@pytest.mark.parametrize(
    "fields", [{"plan_version": PlanVersion.DAILY}, {"source": Source.IMPORTED}], ids=["daily plan", "imported"]
)
def test_report_of_other_tests_reads_everybody(fields):
    experiment = make_test(**fields)
    expose(experiment, 1, revenue_minor=5_000)
    report = report_of(experiment)
    assert report.maturity is None
    assert report.metric("rpv", "treatment").control.denominator == 1


def test_report_tells_variants_that_dont_take_equally_long():
    arms = {"control": [0.2] * 29 + [1.0], "treatment": [0.95] * 30}
    experiment = make_test(delays={"hours": 48, "arms": arms, "p_value": 1e-5})
    expose(experiment, 3)
    assert rule(report_of(experiment), "arm_delays") == (
        "Orders take longer in one variant than in another: "
        "90% of order value is in after: Control 7 days and Treatment 1 hour"
    )


def test_report_takes_refunds_off_that_are_still_to_come():
    shares = [0.0] * 23 + [0.5] * 10 + [1.0] * 50
    experiment = make_test(delays={"hours": 1, "refund_shares": shares, "refund_rate": 0.1, "is_refund_known": True})
    for _ in range(12):
        expose(experiment, 5, revenue_minor=5_000)
    report = report_of(experiment)
    rpv = report.metric("rpv", "treatment")
    assert rpv.control.value == 5_000
    assert report.maturity is not None
    reserve = report.maturity.open_refunds[0]
    # half of what comes back has come by the sixth day, and of 60,000 nothing has: less than the store's 10% of 30,000
    assert 0 < reserve.amount_minor < 3_000
    assert rpv.main.control == pytest.approx(5_000 - reserve.amount_minor / 12)
    assert "in refunds is still expected" in rule(report, "reserve")
