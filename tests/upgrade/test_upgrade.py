"""Each change lands on a database made by the release before it: what was true there stays true.

How the dump was made: ``make_dump.py``. What changes on purpose is listed in ``CHANGES``, with the reason.
"""

import gzip
import json
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from procrastinate.contrib.django import app

from checkout_widgets.edge import tokens
from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks import deliveries
from dashboard.models import ShareLink
from dashboard.stored_results import read
from experiments.accounting import day_zones, outcomes, partitions, rebuild, rollups
from experiments.models import (
    COUNTED_STATUSES,
    AuditAction,
    AuditEntry,
    CovariateDay,
    Experiment,
    Exposure,
    ExposureDay,
    FunnelVisitor,
    Order,
    OrderLine,
    OrderStatus,
    PlanVersion,
    Snapshot,
    Source,
    Status,
    Store,
    WebhookTarget,
    WidgetEvent,
)
from experiments.plan.scheduled_looks import BETWEEN_LOOKS
from experiments.reading import covariates
from experiments.reading.aggregation import aggregates
from experiments.reading.funnel import are_events_uncounted, count_events
from experiments.running import delays, holdout, lifecycle
from experiments.snapshots import analyse
from tests.upgrade import answers
from tests.upgrade.comparing import differences
from tests.upgrade.make_dump import FOLDER, SECRET_KEY

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]

REPORT = r"[\w-]+/[\w-]+\."

# What today's code says otherwise of the same data: a pattern of the path, and why that is right.
CHANGES = {
    r"tea/\d+\.decisions\[5\]": "No page reaches follow-up e-mails any more; the store's own servers do.",
    r"lamps/lamp-cart\.progress\.days: 6 became 16$": "A test's day counts from its start, not from its first visitor.",
    rf"{REPORT}metrics\[3\]\.(is_adjusted|variance_reduction|without_cuped|main)": (
        "Orders per visitor are adjusted by the cart's value as revenue is, so that order value is their quotient."
    ),
    rf"{REPORT}metrics\[\d+\]\.corrected_p_value": "Those of all other metrics are corrected together with theirs.",
    rf"{REPORT}(segments|heterogeneity)\[\d+\]": "Segments are adjusted by the cart's value as the whole is.",
    rf"{REPORT}verdict\.rules\[6\]\.figure": (
        "A guardrail's rule reads the interval that holds at every look, which fewer than 100 buyers don't have."
    ),
    rf"{REPORT}verdict\.rules: ": "There are rules about past tests, the effect by day and a chance to win.",
    r"tea/thanks-tin\.(guardrails|metrics): ": "At the confirmation refunded and canceled shares guard.",
    rf"{REPORT}(metrics\[\d+\]\.belief|curves\[\d+\]|monthly\[\d+\]\.expected_loss)": (
        "Beliefs begin with what past tests say of effects, on the same scale for conversion and money."
    ),
    rf"{REPORT}(health\.\w+ratios?(\[\d+\])?|verdict\.rules\[0\]\.figure)": (
        "The split alarm goes by another p-value that may be read at any time."
    ),
    rf"{REPORT}(guardrails\[\d+\]\.effect|decompositions\[\d+\]\.aov)": (
        "Where control is near zero the difference is judged, and a part without an interval has no ends."
    ),
}


WORDS_OF_REPORTS = frozenset({"headline", "next_step", "text", "detail", "goal_note", "label", "note"})
WORDS_OF_WIDGETS = frozenset({"messages"})  # the product's own; the store's words stay as they are


def unexplained(before: Any, now: Any, words: frozenset[str]) -> list[str]:
    """The differences that nobody has given a reason for."""
    return [one for one in differences(before, now, words) if not any(re.match(pattern, one) for pattern in CHANGES)]


def console() -> Client:
    """The dashboard, as somebody who was a member before."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ada"))
    return client


def page(name: str, **parts: str) -> str:
    """A page of the dashboard as that member reads it."""
    answer = console().get(reverse(f"dashboard:{name}", kwargs=parts))
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_migrations_leave_nothing_to_do():
    call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_reports_say_the_same_figures(before):
    assert len(before["reports"]) == 10
    now = json.loads(json.dumps(answers.reports(), default=str))
    assert unexplained(before["reports"], now, WORDS_OF_REPORTS) == []


def test_visitors_are_decided_as_before(before):
    said = answers.decisions()
    assert len(said) == 180
    assert unexplained(before["decisions"], said, WORDS_OF_WIDGETS) == []


def test_a_follow_up_test_that_runs_is_served_to_the_stores_servers():
    tea = Store.objects.get(slug="tea")
    visitors = [f"v_mail{number:012d}" for number in range(20)]
    asked = [
        answers.post("decide", tea.secret_key, visitor_id=visitor_id, moments=["follow_up"])["decisions"][0]
        for visitor_id in visitors
    ]
    assert {decision["experiment"] for decision in asked} == {"mail-cup", "holdout"}
    assert all(decision["trigger"] is None and decision["exposure_token"] for decision in asked)


def test_rebuilding_finds_no_differences():
    # Holdouts are followed for a year since: the upgrade queues it for the worker.
    for measured in Experiment.with_holdouts.filter(source=Source.HOLDOUT):
        outcomes.recompute_store(measured.store_id)
    live = Experiment.with_holdouts.exclude(source=Source.IMPORTED)
    found = {test.key: rebuild.rebuild(test) for test in live}
    assert {key: one.wrong for key, one in found.items() if one.wrong} == {}
    assert found["cart-cup"].exposures > 350
    assert found["cart-cup"].days == 46


def test_events_are_still_in_the_parts_of_their_months():
    months = WidgetEvent.objects.order_by("month").values_list("month", flat=True).distinct()
    assert [f"{month:%Y-%m}" for month in months] == ["2026-10", "2026-11"]
    assert set(months) <= set(partitions.months())


def test_events_from_before_are_counted_to_the_same_funnels():
    assert are_events_uncounted()
    tests = list(Experiment.with_holdouts.all())
    from_events = {test.key: count_events(test).counts for test in tests}
    call_command("count_existing_events")
    assert not are_events_uncounted()
    assert {test.key: count_events(test).counts for test in tests} == from_events
    assert sum(events for counts in from_events.values() for events, _ in counts.values()) > 1_000
    assert FunnelVisitor.objects.exists()


def test_shared_link_opens_and_a_revoked_one_does_not(before, settings):
    settings.SECRET_KEY = SECRET_KEY
    opened = Client(SERVER_NAME="localhost").get(reverse("dashboard:shared", args=[before["shares"]["open"]]))
    assert opened.status_code == 200
    assert "Cart Cup" in opened.content.decode()
    revoked = Client(SERVER_NAME="localhost").get(reverse("dashboard:shared", args=[before["shares"]["revoked"]]))
    assert revoked.status_code == 404
    assert ShareLink.objects.count() == 2


def test_winner_is_still_served_to_everybody_but_the_holdout():
    tea = Store.objects.get(slug="tea")
    shown = [
        answers.decide(tea, f"v_new{number:013d}", ["exit_intent"], 3_000, "phone")["decisions"][0]
        for number in range(40)
    ]
    served = [decision for decision in shown if decision["experiment"] == "exit-pot"]
    assert all(decision["rollout"] and decision["variant"] == "offer" for decision in served)
    assert {decision["experiment"] for decision in shown} == {"exit-pot", "holdout"}


def test_renamed_model_keeps_its_rows_its_content_type_and_its_permissions():
    dump = gzip.decompress((FOLDER / "before.sql.gz").read_bytes()).decode()
    kind = pk_in(dump, "'experiments', 'endpoint'")
    known = ContentType.objects.filter(app_label="experiments", model__in=("endpoint", "webhooktarget"))
    assert list(known.values_list("pk", "model")) == [(kind, "webhooktarget")]  # what the admin's log refers to
    for action in ("add", "change", "delete", "view"):
        given = Permission.objects.get(pk=pk_in(dump, f"'Can {action} endpoint'"))
        assert (given.codename, given.content_type_id) == (f"{action}_webhooktarget", kind)
        assert given.name == f"Can {action} webhook target"
    assert Permission.objects.filter(content_type=kind).count() == 4
    target = WebhookTarget.objects.get(store__slug="tea")
    assert (target.url, target.secret[:6], target.is_active) == ("https://tea.example/told", "whsec_", True)


def pk_in(dump: str, columns: str) -> int:
    """The key of a dumped row, by the columns that follow it."""
    found = re.search(rf"\((\d+), {columns}", dump)
    assert found
    return int(found[1])


def test_holdout_goes_on_with_the_same_visitors():
    tea = Store.objects.get(slug="tea")
    experiment = Experiment.with_holdouts.get(store=tea, source=Source.HOLDOUT)
    assert holdout.sync_holdout(tea, answers.ASKED_AT) == experiment
    assert holdout.weights_of(experiment) == {"held-out": 1_000, "offers": 9_000}
    assert experiment.exposures.filter(variant__key="held-out").count() == 37


def test_stored_reports_open_in_the_dashboard():
    snapshots = list(Snapshot.objects.select_related("experiment__store"))
    assert len(snapshots) == 5
    assert all(read(snapshot) is not None for snapshot in snapshots)
    for look in (snapshot for snapshot in snapshots if snapshot.is_look):
        url = reverse("dashboard:report", args=["tea", look.experiment.key])
        answer = console().get(url, {"look": look.pk})
        assert answer.status_code == 200
        assert f"{look.report['visitors']:,}" in answer.content.decode()


def test_every_page_of_the_dashboard_opens():
    for name in ("home", "experiments", "moments", "planner", "playbook", "setup"):
        assert "Tea" in page(name), name
    for test in Experiment.objects.select_related("store"):
        assert test.name in page("report", store_slug=test.store.slug, experiment_key=test.key)


def test_authenticator_app_and_recovery_codes_go_on_and_used_codes_stay_used():
    """What was there before: ``second_factor_before.sql``."""
    key = b"12345678901234567890"

    def enter(code: str) -> Client:
        visitor = Client()
        answer = visitor.post("/login/", {"username": "ada", "password": "password"})
        assert answer["location"] == "/login/second-step/"
        visitor.post("/login/second-step/", {"code": code})
        return visitor

    assert enter(f"{totp(key):06d}").get("/account/").status_code == 302, "the app's row says that it is used"
    TOTPDevice.objects.update(throttling_failure_count=0)
    StaticDevice.objects.update(throttling_failure_count=0)
    assert enter("kept4711").get("/account/").status_code == 200
    assert enter("kept4711").get("/account/").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0, last_t=-1)
    assert enter(f"{totp(key):06d}").get("/account/").status_code == 200


def test_audit_entries_resolve():
    entries = list(AuditEntry.objects.select_related("experiment"))
    assert len(entries) == 17
    assert {entry.action for entry in entries} <= set(AuditAction.values)
    told = page("report", store_slug="tea", experiment_key="cart-cup")
    assert "The snippet is on all pages" in told
    assert all(entry.experiment_id for entry in entries if entry.action == AuditAction.STARTED)


def test_an_offer_accepted_before_is_paid_for_after(before):
    left = before["unredeemed"]
    tea = Store.objects.get(slug="tea")
    exposure = tokens.read_exposure(left["exposure_token"])
    assert (exposure.store_id, exposure.visitor_id) == (tea.pk, left["visitor_id"])
    placed = answers.ASKED_AT.isoformat()
    line = {"sku": "cup", "quantity": 1, "price_minor": 890, "acceptance_token": left["acceptance_token"]}
    receipt = answers.post(
        "orders",
        tea.secret_key,
        external_id="late",
        placed_at=placed,
        updated_at=placed,
        currency="EUR",
        visitor_id=left["visitor_id"],
        subtotal_minor=890,
        total_minor=890,
        lines=[line],
    )
    assert receipt["visitor_matched"]
    assert "rejected" not in receipt
    outcome = Exposure.objects.get(experiment__key="cart-cup", visitor_id=left["visitor_id"])
    assert (outcome.revenue_minor, outcome.upsell_minor, outcome.has_accepted) == (890, 890, True)


def test_a_delivery_that_waited_is_done_after():
    waiting = Delivery.objects.get(status=DeliveryStatus.PENDING)
    assert deliveries.process(waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error) == (DeliveryStatus.DONE, "")
    assert Order.objects.get(store__slug="corner", external_id="7100").subtotal_minor == 4_899
    assert OrderLine.objects.filter(order__external_id="7100").count() == 2


def test_deliveries_are_kept_with_what_became_of_them():
    kept = Delivery.objects.values_list("connection__kind", "status").order_by("connection__kind", "status")
    numbers = {pair: kept.filter(connection__kind=pair[0], status=pair[1]).count() for pair in set(kept)}
    assert numbers == {
        ("shopify", "done"): 8,
        ("woocommerce", "dead"): 1,
        ("woocommerce", "done"): 8,
        ("woocommerce", "pending"): 1,
    }


def test_tests_keep_the_cap_that_they_began_with():
    caps = dict(Experiment.objects.exclude(cap_minor=None).values_list("key", "cap_minor"))
    assert caps == {"cart-cup": 9_000}
    assert not Experiment.objects.filter(is_cap_awaited=True).exists()


def test_running_tests_keep_the_plan_and_the_looks_that_they_began_with():
    assert set(Experiment.with_holdouts.values_list("plan_version", flat=True)) == {PlanVersion.DAILY}
    running = Experiment.objects.get(key="cart-cup")
    stored = running.snapshots.filter(is_look=True).latest("taken_at").report
    # a day later the worker estimates delays and looks, as it does since; the test is read as it always was
    tomorrow = answers.ASKED_AT + timedelta(days=1)
    assert delays.estimate_due(tomorrow) >= 1
    running.refresh_from_db()
    report = analyse(running, is_look=True, now=tomorrow)
    assert (report.plan.version, report.maturity) == (PlanVersion.DAILY, None)
    assert sum(variant.visitors for variant in report.variants) == report.visitors
    assert report.metric("rpv", "offer").control.denominator == report.variants[0].visitors
    earlier, now = report.plan.looks[:-1], report.plan.looks[-1]
    assert earlier
    for before, look in zip(stored["plan"]["looks"], earlier, strict=True):
        kept = msgspec.to_builtins(look)
        assert {name: kept[name] for name in before} == before
    # one bound for both directions, on any day, and what was spent grows by the plan that it began with
    assert (now.number, now.harm_bound, now.is_weekly) == (earlier[-1].number + 1, None, False)
    spent = running.alpha * (1 - BETWEEN_LOOKS) * min(now.information_fraction, 1.0) ** 3
    assert now.spent == pytest.approx(max(earlier[-1].spent, spent)) or now.z is None


def test_tests_are_adjusted_as_they_were_and_what_visitors_said_later_adds_no_sums():
    for test in Experiment.with_holdouts.all():
        assert (test.covariates, test.has_covariate_sums) == (["cart_value"], False), test.key
    assert not CovariateDay.objects.exists()
    # What pages began to say since isn't known of anybody exposed before.
    assert not Exposure.objects.exclude(cart_items=None, past_orders=None).exists()
    report = analyse(Experiment.objects.get(key="cart-cup"), now=answers.ASKED_AT)
    assert report.adjustment.covariates == ["cart_value"]
    for result in report.metrics:
        assert result.covariates == (["cart_value"] if result.is_adjusted else []), result.metric


def test_exposures_since_have_what_pages_say_and_days_count_them():
    test = Experiment.objects.get(key="cart-cup")
    Experiment.objects.filter(pk=test.pk).update(covariates=["cart_value", "cart_items"])
    seen = Exposure.objects.filter(experiment=test).order_by("visitor_id")
    assert seen.filter(pk=seen[0].pk).update(cart_items=3, past_orders=1) == 1
    rollups.refresh_each(test.pk, rollups.days_of(test))
    kept = CovariateDay.objects.filter(experiment=test)
    assert sum(day.visitors for day in kept) == seen.filter(is_automated=False).count()
    items = sum(day.sums[covariates.POSITIONS["items",]] for day in kept)
    assert items == 3


def test_tests_that_had_begun_keep_their_days_until_they_follow_their_store():
    lamps = Store.objects.get(slug="lamps")
    assert set(Experiment.with_holdouts.values_list("day_zone", flat=True)) == {"UTC"}
    Store.objects.filter(pk=lamps.pk).update(timezone="Pacific/Auckland")
    test = Experiment.objects.select_related("store").get(key="lamp-cart")
    before = aggregates(test)
    assert {report.day_zone for report in (analyse(test, now=answers.ASKED_AT),)} == {"UTC"}
    day_zones.change_zone(test)
    rollups.refresh_each(test.pk, rollups.days_of(test))
    after = aggregates(test)
    assert {key: arm.products for key, arm in after.items()} == {key: arm.products for key, arm in before.items()}
    for exposure in Exposure.objects.filter(experiment=test):
        day = exposure.exposed_at.astimezone(ZoneInfo("Pacific/Auckland")).date()
        assert ExposureDay.objects.filter(experiment=test, day=day, dimension="").exists()
    assert rebuild.rebuild(test).wrong == 0


AFTER_UPGRADE = ("checkout_widgets.tasks.read_deliveries_again", "experiments.tasks.recompute_outcomes")


def test_unpaid_orders_stop_counting_once_the_worker_has_done_what_the_upgrade_queued():
    """What each order should be, by its body: unfinished and failed payments don't count, awaited money does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(%s) ORDER BY id",
            [list(AFTER_UPGRADE)],
        )
        queued = [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in cursor.fetchall()]
    assert {name for name, _ in queued} == set(AFTER_UPGRADE)
    for name, arguments in queued:
        app.tasks[name].func(**arguments)
    orders = Order.objects.filter(store__slug="corner").order_by("external_id")
    counted = [order.external_id for order in orders if order.status in COUNTED_STATUSES]
    assert counted == ["7000", "7001", "7002", "7006", "7007"]
    assert orders.get(external_id="7002").status == OrderStatus.ON_HOLD
    assert orders.get(external_id="own-1").status == OrderStatus.PENDING
    buyers = Exposure.objects.filter(experiment__key="corner-cup", has_converted=True).order_by("visitor_id")
    assert [buyer.visitor_id[-1] for buyer in buyers] == ["0", "1", "2", "6", "7"]
    assert {buyer.orders for buyer in buyers} == {1}
    lamps = Exposure.objects.filter(experiment__key="lamp-cart", has_converted=True)
    assert sorted(buyer.visitor_id[-1] for buyer in lamps) == ["0", "1", "2", "4", "5"], "all but the voided one"
    for test in Experiment.with_holdouts.exclude(source=Source.IMPORTED):
        assert rebuild.rebuild(test).wrong == 0, test.key


def test_queued_jobs_are_known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        queued = {name for (name,) in cursor.fetchall()}
    assert queued
    assert queued <= set(app.tasks)


def test_steps_of_a_tests_life_go_on():
    paused, running = (Experiment.objects.get(key=key) for key in ("cart-pot", "cart-cup"))
    lifecycle.resume(experiment=paused, actor="ben", reason="Repainted")
    lifecycle.stop(experiment=running, actor="ada", reason="Long enough")
    assert (paused.status, running.status) == (Status.RUNNING, Status.STOPPED)
    assert paused.plan_version == PlanVersion.DAILY
    assert running.ended_at == answers.ASKED_AT
