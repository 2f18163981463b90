"""No place contradicts another: one test's figures, read wherever somebody can meet them."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import ShownDay, SoldDay
from dashboard.report import sharing
from experiments import formatting
from experiments.accounting import rollups
from experiments.models import AuditAction, AuditEntry, Experiment, Exposure, Moment
from experiments.notifications.message import message_of
from experiments.running.looks import take_look
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.report.finished import url_of
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


def api(experiment: Experiment) -> Any:
    """What the read API says of the test."""
    client = Client(headers={"authorization": f"Bearer {make_token(experiment.store)}"})
    return lambda path: client.get(f"/api/v1/experiments/{experiment.key}/{path}").json()


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
