"""No place contradicts another: one test's figures, read wherever somebody can meet them."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import ShownDay, SoldDay
from dashboard.planner.form import PlannerForm
from dashboard.planner.page import PlannerPage
from dashboard.planner.views import defaults
from dashboard.report import sharing
from experiments import formatting
from experiments.accounting import rollups
from experiments.models import AuditAction, AuditEntry, Decision, Experiment, Exposure, Moment
from experiments.notifications import slack
from experiments.notifications.mail import digest
from experiments.notifications.message import Message, message_of
from experiments.programme.known_tests import known_tests
from experiments.programme.moment_effects import moment_effects
from experiments.programme.overview import programme
from experiments.report import Range
from experiments.running.conclusions import Conclusion
from experiments.running.lifecycle import conclude
from experiments.running.looks import take_look
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.report.finished import url_of
from tests.experiments.arrivals import arrive
from tests.experiments.custom_metrics_of_tests import displacing_test

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def experiment() -> Experiment:
    """A test that wins, its first look just taken; its offer displaces a product that the store counts."""
    test, _ = displacing_test(cap_minor=6_000, planned_sample=1_500, planned_looks=14)
    Exposure.objects.filter(visitor_id__endswith="1").update(device="phone")
    Exposure.objects.exclude(visitor_id__endswith="1").update(device="desktop")
    rollups.refresh_touched()
    assert take_look(test, timezone.now() - timedelta(seconds=1))
    return test


@pytest.fixture
def member(experiment: Experiment) -> Client:
    client = Client()
    client.force_login(factories.make_user(experiment.store))
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    # Terms are explained by buttons within sentences.
    return unescape(TAG.sub("", answer.content.decode()))


def rows_of(client: Client, experiment: Experiment, table: str, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(client, f"{url_of(experiment)}export/{table}.csv{query}"))))


def shown_in_slack(message: Message) -> str:
    """What a channel reads."""
    text: str = json.loads(slack.body_of(message))["blocks"][0]["text"]["text"]
    return unescape(text)


def api(experiment: Experiment) -> Any:
    """What the read API says of the test."""
    of_store = store_api(experiment)
    return lambda path: of_store(f"experiments/{experiment.key}/{path}")


def store_api(experiment: Experiment) -> Any:
    """What the read API says of the test's store."""
    client = Client(headers={"authorization": f"Bearer {make_token(experiment.store)}"})
    return lambda path: client.get(f"/api/v1/{path}").json()


def test_headline_and_figures_are_the_same_wherever_they_stand(experiment, member):
    read = api(experiment)
    report = read("report/")
    headline = report["verdict"]["headline"]
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    pages = [
        text_of(member, url_of(experiment)),
        text_of(member, f"{url_of(experiment)}findings/"),
        text_of(Client(), f"/shared/{link.token}/"),
        text_of(member, f"/tests/?store={experiment.store.slug}"),
        text_of(member, f"/?store={experiment.store.slug}"),
    ]
    # the sentence with the figures
    words = headline.split(". ")[1]
    assert [words in page for page in pages] == [True] * len(pages), headline
    entry = AuditEntry.objects.get(action=AuditAction.VERDICT)
    message = message_of(entry)
    assert message is not None
    assert headline in message.email.text
    assert words in shown_in_slack(message)
    assert headline in digest(experiment.store).text
    assert message.data["detail"]["verdict"] == report["verdict"]["code"]
    exported = member.get(f"{url_of(experiment)}export/report.json").json()
    stored = read(f"snapshots/{read('snapshots/')['results'][0]['id']}/")
    for other in (exported, stored):
        assert other["verdict"]["headline"] == headline
        assert [one["final"] for one in other["metrics"]] == [one["final"] for one in report["metrics"]]
    of_csv = {row["metric"]: row for row in rows_of(member, experiment, "metrics")}
    assert len(of_csv) == len(report["metrics"])
    for result in report["metrics"]:
        final, row = result["final"], of_csv[result["metric"]]
        if final["lift"] is None:
            assert row["final_lift"] == ""
            continue
        assert float(row["final_lift"]) == pytest.approx(final["lift"]["estimate"])
        assert final["treatment"] / final["control"] - 1 == pytest.approx(final["lift"]["estimate"])
        if not result["is_in_points"]:
            shown = formatting.lift(final["lift"]["estimate"])
            assert all(shown in page for page in pages[:3]), result["metric"]


@pytest.mark.parametrize("metric", ["rpv", "conversion", "custom-metric-0"])
def test_metric_by_segment_and_day_is_the_reports_wherever_it_stands(experiment, member, metric):
    read = api(experiment)
    view = read(f"metrics/{metric}/")
    (result,) = [one for one in read("report/")["metrics"] if one["metric"] == metric]
    last = view["series"]["points"][-1]
    assert (last["lift"], last["control"]) == (result["main"]["lift"], result["main"]["control"])
    query = f"?metric={metric}"
    days = rows_of(member, experiment, "days", query)
    assert [row["metric"] for row in days] == [metric] * len(view["series"]["points"])
    assert [float(row["day_control"]) for row in days] == [point["day_control"] for point in view["series"]["points"]]
    segments = rows_of(member, experiment, "segments", query)
    assert [row["corrected_p_value"] for row in segments] == [
        "" if one["corrected_p_value"] is None else str(one["corrected_p_value"]) for one in view["segments"]
    ]
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    pages = [
        text_of(member, url_of(experiment) + query),
        text_of(Client(), f"/shared/{link.token}/{query}"),
    ]
    for segment in view["segments"]:
        shown = formatting.lift(segment["final"]["lift"]["estimate"])
        assert all(shown in page for page in pages)
    assert all(formatting.lift(last["lift"]["estimate"]) in page for page in pages)


def test_concluded_test_has_one_lift_and_one_sum_a_month_wherever_they_stand(experiment, member):
    treatment = experiment.variants.get(is_control=False)
    conclusion = Conclusion(
        decision=Decision.ROLL_OUT, rolled_out_variant=treatment, learning="It pays.", next_step="Try a larger one."
    )
    entry = conclude(experiment=experiment, actor="ada", conclusion=conclusion)
    report = api(experiment)("report/")
    (goal,) = [one for one in report["metrics"] if one["metric"] == report["goal_metric"]]
    lift = Range(**goal["final"]["lift"])
    shown, interval = formatting.lift(lift.estimate), formatting.lift_range(lift)
    store = experiment.store
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    pages = {
        "report": text_of(member, url_of(experiment)),
        "shared": text_of(Client(), f"/shared/{link.token}/"),
        "playbook": text_of(member, f"/playbook/?store={store.slug}&moment={experiment.moment}"),
    }
    assert [name for name, page in pages.items() if shown not in page or interval not in page] == []
    (learned,) = store_api(experiment)("playbook/")["results"]
    assert (learned["decision"], learned["learning"]) == ("roll_out", "It pays.")
    assert [one["lift"] for one in learned["results"]] == [goal["final"]["lift"]]
    # what the decision was made on: in the trail, and so in e-mails, Slack, and webhooks
    assert entry.detail["corrected_lift"] == pytest.approx(lift.estimate)
    message = message_of(entry)
    assert message is not None
    assert message.data["detail"]["corrected_lift"] == entry.detail["corrected_lift"]
    assert shown in message.email.text
    assert shown in shown_in_slack(message)
    # the money a month: of the report, and of the programme, whose only test it is
    (monthly,) = report["monthly"]
    gain = programme(store, now=timezone.now()).money
    assert gain is not None
    amounts = Range(**monthly["final"])
    assert gain.shrunk.estimate == pytest.approx(amounts.estimate, rel=1e-6)
    assert (gain.shrunk.low, gain.shrunk.high) == pytest.approx((amounts.low, amounts.high), rel=1e-6)
    overview = text_of(member, f"/?store={store.slug}")
    for page in (pages["report"], pages["shared"], overview):
        assert formatting.signed_money(amounts.estimate, store.currency) in page
        assert formatting.money_range(amounts, store.currency) in page
    # what the planner and the playbook's comparison take for a moment's past: this one test
    past = moment_effects(known_tests(store), Moment(experiment.moment))
    (row,) = past.rows
    assert row.shrunk is not None
    assert row.shrunk.estimate == pytest.approx(lift.estimate)


def test_part_of_one_segment_is_that_segment_of_the_report(experiment, member):
    segments = {(row["dimension"], row["value"]): row for row in rows_of(member, experiment, "segments")}
    for device in ("phone", "desktop"):
        query = f"?segment=device:{device}"
        text = text_of(member, f"{url_of(experiment)}part/export.csv{query}")
        of_part = {row["metric"]: row for row in csv.DictReader(io.StringIO(text))}
        row = of_part[segments["device", device]["metric"]]
        # a segment's values are under the cap, a part's as orders were paid: lifts are under the cap in both
        for column in ("control_denominator", "treatment_denominator", "lift", "final_lift"):
            assert float(row[column]) == pytest.approx(float(segments["device", device][column])), column
        exported = member.get(f"{url_of(experiment)}part/export.json{query}").json()
        (same,) = [one for one in exported["metrics"] if one["metric"] == row["metric"]]
        assert same["control"]["value"] == pytest.approx(float(row["control_value"]))
        page = text_of(member, f"{url_of(experiment)}part/{query}")
        for variant in exported["variants"]:
            assert formatting.count(variant["visitors"]) in page


def test_second_offer_is_counted_the_same_in_reports_analytics_and_offers(experiment, member):
    experiment.moment = Moment.CONFIRMATION  # the cart's tests can't have any
    experiment.save(update_fields=["moment"])
    second = factories.make_next_widget(experiment.variants.get(is_control=False), "declined")
    store, day = experiment.store, experiment.store.day_of(timezone.now())
    key = {"store": store, "variant": second.variant, "offer": second.offer, "day": day, "step": "declined"}
    ShownDay.objects.create(**key, shown=731, in_cart=93, declined=412, decided=0, decision_ms=0)
    SoldDay.objects.create(
        **key, taken=91, bought=83, revenue_minor=24_900, refunded_minor=1_200, cost_minor=0, unknown_costs=0
    )
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    for page in (text_of(member, url_of(experiment)), text_of(Client(), f"/shared/{link.token}/")):
        told = page.partition("Second offers")[2].partition("The funnel above")[0]
        assert [word for word in ("731", "91", "412", "83", "237.00") if word not in told] == []
    for by in ("step", "offer"):
        text = text_of(member, f"/offers/analytics.csv?store={store.slug}&by={by}&period=all")
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["group"] in {"Second offer after a no", second.offer.name}
        assert [row[name] for name in ("shown", "taken", "declined", "bought", "net_minor")] == [
            "731", "91", "412", "83", "23700"
        ]  # fmt: skip
    assert "731" in text_of(member, f"/offers/{store.slug}/{second.offer.key}/?period=all")
    (told,) = api(experiment)("second-offers/")
    assert (told["variant"], told["after"], told["offer"]) == (second.variant.key, "declined", second.offer.key)
    assert [told[name] for name in ("shown", "taken", "declined", "bought", "net_minor")] == [731, 91, 412, 83, 23_700]


def test_planner_goes_by_the_visitors_and_the_money_that_the_report_shows(experiment, member):
    """By the day of the last visitors, so that all of them are of the last four weeks."""
    newest = Exposure.objects.for_experiment(experiment).latest("exposed_at").exposed_at
    report = api(experiment)("report/")
    control = next(one for one in report["variants"] if one["key"] == "control")
    store = experiment.store
    form = PlannerForm(defaults() | {"moment": experiment.moment, "metric": "rpv"}, store=store)
    assert form.is_valid(), form.errors
    planned = PlannerPage(form, store, newest + timedelta(hours=1))
    assert planned.measured.visitors == sum(one["visitors"] for one in report["variants"])
    (goal,) = [one for one in report["metrics"] if one["metric"] == "rpv"]
    assert planned.mean == pytest.approx(control["revenue_minor"] / control["visitors"])
    # with the report's cap on large orders, which few have
    assert goal["main"]["control"] == pytest.approx(planned.mean, rel=0.05)


def test_report_of_a_journeys_step_is_the_same_on_every_page_and_in_every_file(member, experiment):
    step = factories.make_customer_experiment(experiment.store, key="step", name="Step", planned_sample=1_000)
    for day in range(10):
        arrive(step, day, 60, lift=0.2)
    rollups.refresh_touched()
    take_snapshot(step, now=timezone.now() - timedelta(seconds=1))
    read = api(step)
    report = read("report/")
    headline = report["verdict"]["headline"]
    words = headline.split(". ")[0].removesuffix(".")
    link = sharing.share(experiment=step, actor="ada", days=7)
    store = step.store.slug
    pages = {
        "report": text_of(member, url_of(step)),
        "shared": text_of(Client(), f"/shared/{link.token}/"),
        "tests": text_of(member, f"/tests/?store={store}"),
        "overview": text_of(member, f"/?store={store}"),
    }
    assert [name for name, page in pages.items() if words not in page] == [], words
    exported = member.get(f"{url_of(step)}export/report.json").json()
    stored = read(f"snapshots/{read('snapshots/')['results'][0]['id']}/")
    for other in (exported, stored):
        assert (other["verdict"]["headline"], other["unit"]) == (headline, "customer")
        assert [one["final"] for one in other["metrics"]] == [one["final"] for one in report["metrics"]]
    for row, result in zip(rows_of(member, step, "metrics"), report["metrics"], strict=True):
        assert (row["metric"], row["assignment_unit"]) == (result["metric"], "customer")
