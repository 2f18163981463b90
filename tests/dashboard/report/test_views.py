"""The report page. The expected figures are worked out by hand from what ``finished_test`` makes."""

from csv import DictReader
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.report import views
from dashboard.templatetags.wording import REASONS, UNKNOWN_REASON
from experiments.models import Experiment, Exposure, Membership, Metric, Source, Status
from experiments.report import Range, Report
from experiments.running import guardrails, lifecycle
from experiments.statistics import Reason
from tests import factories
from tests.dashboard.report.finished import VISITORS, expose, finished_test, news_address, url_of
from tests.dashboard.report.reports import make_adjustment, make_report, make_result

pytestmark = pytest.mark.django_db


def page_of(client: Client, experiment: Experiment, query: str = "", name: str = "report") -> str:
    if not Membership.objects.filter(store=experiment.store).exists():
        client.force_login(factories.make_user(experiment.store))
    response = client.get(url_of(experiment, name) + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.slow
def test_report_shows_values_with_numerator_and_denominator(client):
    page = page_of(client, finished_test())
    assert "€50.00" in page  # AOV of control: 70 orders x (49.97 + 0.03 on average)
    assert "€60.00" in page
    assert "€3,500 / 70" in page
    assert "€3,500 / 200" in page
    assert "€4,200 / 200" in page
    # RPV: as observed one level below, and at the top corrected for luck, with control's value as it is
    assert "€21.00" in page
    assert "+20.0%" in page
    assert "€17.50 → €" in page
    assert "70 / 200" in page


@pytest.mark.slow
def test_report_without_a_cap_yet_shows_who_takes_part_and_no_result(client):
    experiment = finished_test(is_cap_awaited=True)
    page = page_of(client, experiment)
    assert "Results appear after the store&#x27;s first 200 orders: 0 so far." in page
    assert "0 of 200 orders" in page
    for figure in ("€50.00", "€3,500", "+20.0%", "70 / 200", "Take rate", "Sums behind the numbers"):
        assert figure not in page
    assert "Set by the store&#x27;s first 200 orders" in page
    for name in ("metrics", "segments", "days"):
        url = reverse("dashboard:export_csv", args=[experiment.store.slug, experiment.key, name])
        assert len(client.get(url).content.decode().splitlines()) <= 1, "the header at most"


@pytest.mark.slow
def test_report_margin_as_goal_is_compared_once_every_cost_is_known(client):
    experiment = finished_test(goal_metric=Metric.MARGIN)
    buyers = Exposure.objects.filter(has_converted=True)
    buyers.update(margin_minor=2000)
    buyers.filter(variant__key="treatment").update(margin_minor=3000)
    assert "€2,100 / 200" in page_of(client, experiment)
    buyers.filter(visitor_id="v_control_0").update(margin_minor=None)
    page = page_of(client, experiment)
    assert "<dt>Visitors with an unknown margin</dt><dd>1</dd>" in page
    assert str(REASONS["unknown_costs"]).replace("'", "&#x27;") in page
    assert str(UNKNOWN_REASON) not in page


@pytest.mark.slow
def test_report_shows_the_share_of_orders_without_a_visitor_by_day(client):
    experiment = finished_test()
    for days, visitor_id in ((1, "v_1"), (1, ""), (2, "v_2")):
        at = factories.NOON + timedelta(days=days)
        factories.make_order(experiment.store, visitor_id=visitor_id, placed_at=at)
    assert '<span class="sub">3 Nov: 50.0%, 4 Nov: 0.00%</span>' in page_of(client, experiment)


@pytest.mark.slow
def test_report_conversion_without_difference_is_neutral(client):
    page = page_of(client, finished_test())
    assert "35.0% → 35." in page
    # Equal rates: the guardrail, the last of the figures at the top, has no color.
    assert 'class="key-value tone-"' in page.split('<div class="key-figure">')[4]


@pytest.mark.slow
def test_report_runs_the_same_queries_however_many_variants_and_visitors(client):
    small = finished_test()
    large = factories.make_experiment(small.store, treatments=4)
    for variant in large.variants.all():
        expose(large, variant.key, buyers=60, order_minor=5000)
    client.force_login(factories.make_user(small.store))
    counts = []
    for experiment in (small, large):
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(experiment))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 34


@pytest.mark.slow
def test_report_running_test_asks_for_news(client):
    experiment = finished_test()
    page = page_of(client, experiment)
    assert f'hx-get="{url_of(experiment, "findings")}?status=running&amp;seen=' in page
    assert 'hx-trigger="every 10s"' in page


@pytest.mark.slow
def test_report_stopped_test_asks_for_nothing(client):
    assert "hx-get" not in page_of(client, finished_test(status=Status.STOPPED))


@pytest.mark.slow
def test_findings_unchanged_answer_nothing_until_an_order_comes(client):
    experiment = finished_test()
    page = page_of(client, experiment)
    address = news_address(page)
    assert client.get(address).status_code == 204
    Exposure.objects.filter(visitor_id="v_treatment_199").update(orders=1, has_converted=True, revenue_minor=900)
    response = client.get(address)
    assert response.status_code == 200
    assert "71 / 200" in response.content.decode()


@pytest.mark.slow
def test_findings_are_a_fragment(client):
    page = page_of(client, finished_test(), name="findings")
    assert page.strip().startswith('<div id="findings"')
    assert "<html" not in page


@pytest.mark.slow
def test_findings_after_a_step_reload_the_page_with_its_buttons(client):
    experiment = finished_test()
    address = news_address(page_of(client, experiment))
    Experiment.objects.update(status=Status.STOPPED)
    response = client.get(address)
    assert response.status_code == 204
    assert response["HX-Refresh"] == "true"


def test_findings_after_logout_reload_the_page(client):
    response = client.get(url_of(finished_test(), "findings"))
    assert response.status_code == 204
    assert response["HX-Refresh"] == "true"


def test_findings_of_a_foreign_store_are_not_found(client):
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get(url_of(finished_test(), "findings")).status_code == 404


def test_report_post_is_refused(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(experiment.store))
    assert client.post(url_of(experiment)).status_code == 405


def test_report_without_the_adjustment_says_that_it_is_not_the_result(client, monkeypatch):
    def analyse(experiment: Experiment, *, with_cuped: bool) -> Report:
        report = make_report([make_result("rpv", lift=Range(0.1, 0.05, 0.15))])
        return replace(report, adjustment=make_adjustment(is_used=with_cuped))

    monkeypatch.setattr(views, "report_to_show", analyse)
    experiment = factories.make_experiment()
    adjusted = page_of(client, experiment)
    assert "explains 40.0%" in adjusted
    assert "as if you had 1.67 times the visitors" in adjusted
    plain = page_of(client, experiment, "?cuped=off")
    assert "explains 40.0%" not in plain
    assert "this isn't the test's result" in plain
    assert "this isn't the test's result" not in adjusted
    assert "cuped=off" in news_address(plain)


@pytest.mark.slow
def test_report_without_cart_values_says_why_it_is_not_adjusted(client):
    assert str(REASONS["too_few_cart_values"]).replace("'", "&#x27;") in page_of(client, finished_test())


def test_report_without_orders_says_what_is_missing(client):
    experiment = factories.make_experiment()
    for variant in experiment.variants.all():
        for _ in range(3):
            factories.make_exposure(variant)
    page = page_of(client, experiment)
    assert "buyers in the smallest variant" in page
    assert str(REASONS["no_orders"]) in page
    assert str(UNKNOWN_REASON) not in page
    assert "nan" not in page.lower().replace("finance", "")


def test_report_draft_without_visitors_says_how_to_start(client):
    experiment = factories.make_experiment(status=Status.DRAFT, started_at=None)
    assert "This test is a draft" in page_of(client, experiment)


def test_report_running_without_visitors_says_what_has_to_be_in_place(client):
    experiment = factories.make_experiment(factories.make_store(site_key="pk_tea"))
    page = page_of(client, experiment)
    assert "No visitors yet" in page
    assert "pk_tea" in page
    assert "sk_" not in page


def test_report_one_visitor_is_shown(client):
    experiment = factories.make_experiment()
    factories.make_exposure(experiment.variants.get(key="control"))
    assert "1 visitor<" in page_of(client, experiment)


def test_report_experiment_without_variants_is_shown(client):
    experiment = factories.make_experiment()
    experiment.variants.all().delete()
    assert "No visitors yet" in page_of(client, experiment)


@pytest.mark.slow
@pytest.mark.parametrize("metric", Metric.values)
def test_report_any_goal_metric_is_shown(client, metric):
    assert "Where the lift comes from" in page_of(client, finished_test(goal_metric=metric))


@pytest.mark.slow
def test_report_imported_test_shows_no_widget_steps(client):
    page = page_of(client, finished_test(source=Source.IMPORTED, status=Status.CONCLUDED, moment=""))
    assert "Saw the offer" not in page
    assert "Ordered" in page


@pytest.mark.slow
def test_report_names_are_escaped(client):
    experiment = finished_test(name="<script>alert(1)</script>", hypothesis="<i>more</i>")
    experiment.variants.filter(key="treatment").update(name="</script><b>B</b>")
    page = page_of(client, experiment)
    assert "<script>alert" not in page
    assert "<i>more" not in page
    assert "</script><b>" not in page


@pytest.mark.slow
def test_report_secret_key_is_never_shown(client):
    experiment = finished_test()
    assert experiment.store.secret_key not in page_of(client, experiment)


@pytest.mark.parametrize("reason", [*Reason, "too_few_cart_values", "not_by_this_test", "turned_off"])
def test_reason_every_code_has_a_sentence(reason):
    assert str(REASONS[reason]).endswith(".")


@pytest.mark.slow
def test_report_concluded_test_says_what_was_decided_instead_of_what_to_do(client):
    experiment = finished_test(
        status=Status.CONCLUDED, decision="roll_out", learning="It pays.\nTwice.", next_step="Test a <bolder> one."
    )
    experiment.rolled_out_variant = experiment.variants.get(key="treatment")
    experiment.save()
    page = page_of(client, experiment)
    assert "Roll out a variant: Treatment" in page
    assert "It pays.<br>Twice." in page
    assert "Test a &lt;bolder&gt; one." in page
    assert "Conclude the test" not in page


@pytest.mark.slow
def test_report_undecided_test_has_no_conclusion(client):
    assert 'id="conclusion-title"' not in page_of(client, finished_test())


@pytest.mark.slow
@pytest.mark.parametrize("table", ["metrics", "segments", "days"])
def test_export_csv_is_a_file_of_the_members_test(client, table):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    response = client.get(reverse("dashboard:export_csv", args=[experiment.store.slug, experiment.key, table]))
    name = f"{experiment.store.slug}-{experiment.key}-{table}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.slow
def test_export_csv_of_metrics_has_what_the_page_shows(client):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    url = reverse("dashboard:export_csv", args=[experiment.store.slug, experiment.key, "metrics"])
    rows = list(DictReader(StringIO(client.get(url).content.decode())))
    aov = next(row for row in rows if row["metric"] == "aov")
    assert (aov["control_value"], aov["treatment_value"], aov["unit"]) == ("5000.0", "6000.0", "money")


@pytest.mark.slow
def test_export_json_is_the_report_as_stored(client):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    response = client.get(reverse("dashboard:export_json", args=[experiment.store.slug, experiment.key]))
    assert Report.from_json(response.json()).visitors == 2 * VISITORS


@pytest.mark.parametrize("name", ["metrics.csv", "nothing.csv", "report.json"])
def test_export_foreign_or_unknown_is_not_found(client, name):
    foreign = finished_test()
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get(f"{url_of(foreign)}export/{name}").status_code == 404


@pytest.mark.slow
def test_report_part_asked_for_by_htmx_is_a_fragment(client):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    page = client.get(url_of(experiment), headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<div id="findings"')
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(url_of(experiment), headers=restored).content.decode()


@pytest.mark.slow
def test_report_of_several_treatments_is_about_the_chosen_one(client):
    experiment = factories.make_experiment(factories.make_store(currency="EUR"), treatments=5)
    for number, variant in enumerate(experiment.variants.all()):
        expose(experiment, variant.key, buyers=60, order_minor=5000 + 100 * number)
    page = page_of(client, experiment, "?variant=treatment-4")
    assert '<a id="see-treatment-4" href="?variant=treatment-4" aria-current="true">' in page
    assert page.count('<th scope="col" class="number">Treatment 4</th>') > 1
    assert "€50.03 → €" in page  # order value; the cents are 3 on average
    assert "€54.03" in page  # as observed; at the top it is corrected for luck


def test_report_of_a_holdout_is_shown_to_members_alone(client):
    holdout = factories.make_holdout(factories.make_store())
    assert "Held out" in page_of(client, holdout)
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get(url_of(holdout)).status_code == 404


@pytest.mark.slow
def test_report_of_a_test_that_a_guardrail_paused_says_why(client):
    experiment = finished_test(status=Status.RUNNING, ended_at=None)
    lifecycle.pause(experiment=experiment, actor=guardrails.ACTOR, reason="Conversion fell by 9%.")
    page = page_of(client, experiment)
    assert "Paused because it crossed a guardrail. Conversion fell by 9%." in page
