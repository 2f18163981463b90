"""The page of a part of a test's visitors. Figures are worked out by hand from what ``finished_test`` makes."""

import csv
import html
import io
import re

import pytest
from django.test import Client
from django.urls import reverse

from experiments.models import Exposure
from experiments.reading import parts
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.report.finished import finished_test, url_of

pytestmark = pytest.mark.django_db


def page_of(client: Client, experiment, query: str = "") -> str:
    client.force_login(factories.make_user(experiment.store, role="viewer"))
    response = client.get(reverse("dashboard:report_part", args=[experiment.store.slug, experiment.key]) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_part_asks_first_and_lists_what_can_be_chosen(client):
    page = page_of(client, finished_test())
    assert "Exploratory: the verdict covers all visitors." in page
    assert "Choose a segment, days, or both." in page
    assert '<option value="device:phone">Phone</option>' in page


def test_part_without_visitors_says_so(client):
    page = page_of(client, factories.make_experiment())
    assert "Nothing to choose from yet" in page


@pytest.mark.slow
def test_part_shows_every_metric_of_its_visitors_corrected(client):
    page = page_of(client, finished_test(), "?segment=device:phone")
    assert '<h1 class="heading">Device: Phone</h1>' in page
    # every second visitor is on a phone, and every second of the 70 buyers
    assert "Control: 100 visitors, 35 orders" in page
    for label in ("Revenue per visitor", "Conversion", "Average order value"):
        assert label in page
    assert "for the 2 parts to choose from" in page
    assert "Computed from the daily sums" in page


@pytest.mark.slow
def test_part_of_some_days_counts_the_spans_that_could_have_been_chosen(client):
    page = page_of(client, finished_test(), "?from=2026-11-02&to=2026-11-03")
    # 20 visitors a day from noon of the second on: 10 and 20, of whom all buy
    assert "Control: 30 visitors, 30 orders" in page
    assert "for the 66 parts to choose from" in page  # spans of 11 days


def test_part_of_values_that_nobody_has_is_as_if_not_asked(client):
    page = page_of(client, finished_test(), "?segment=device:zz&and=zz&from=zz&to=2026-99-01")
    assert "Choose a segment, days, or both." in page


@pytest.mark.slow
def test_part_of_two_segments_says_that_it_reads_exposures(client, monkeypatch):
    experiment = finished_test()
    Exposure.objects.update(country="DE")
    query = "?segment=device:phone&and=country:DE"
    page = page_of(client, experiment, query)
    assert '<h1 class="heading">Device: Phone, Country: Germany</h1>' in page
    assert "Control: 100 visitors, 35 orders" in page
    assert "computed from 400 exposures" in page
    assert "for the 2 parts to choose from" in page  # two devices, one country
    monkeypatch.setattr(parts, "MOST_READ", 399)
    page = page_of(client, experiment, query)
    assert "400 were exposed on these days. Choose fewer days" in page


@pytest.mark.slow
def test_part_goal_says_the_same_as_the_segment_of_the_report(client):
    experiment = finished_test()
    part = page_of(client, experiment, "?segment=device:phone")
    report = re.sub(r"\s+", " ", client.get(url_of(experiment)).content.decode())
    row = report[report.index('<th scope="row">Phone</th>') :]
    lift, interval = re.findall(r"<strong[^>]*>([^<]+)</strong> <span class=\"sub whole\">([^<]+)<", row)[0]
    assert lift in part
    assert interval in part


def test_part_has_its_own_words_the_verdict_of_all_and_the_funnel(client):
    experiment = finished_test()
    take_snapshot(experiment)
    page = page_of(client, experiment, "?segment=device:phone")
    assert "Revenue per visitor: no difference shown in this part." in page
    assert take_snapshot(experiment).report["verdict"]["headline"] in html.unescape(page)
    # as many as the variants' line says: 100 exposed, 35 ordered
    funnel = page[page.index("From exposure to order") :]
    assert funnel.count("100") >= 2
    assert '35<span class="share">35.0%</span>' in funnel


def test_part_is_exported_as_it_is_shown(client):
    experiment = finished_test()
    query = "?segment=device:phone&from=2026-11-02&to=2026-11-03"
    page = page_of(client, experiment, query)
    links = re.findall(r'href="([^"]+part/export[^"]+)"', page)
    csv_file, json_file = [client.get(html.unescape(link)) for link in links]
    rows = list(csv.DictReader(io.StringIO(csv_file.content.decode())))
    report = json_file.json()
    assert (report["segments"], report["first"], report["last"]) == ([["device", "phone"]], "2026-11-02", "2026-11-03")
    assert rows[0]["segments"] == "device:phone"
    for row, result in zip(rows, report["metrics"], strict=True):
        assert row["metric"] == result["metric"]
        assert float(row["treatment_numerator"] or 0) == (result["treatment"]["numerator"] or 0)
    assert rows[0]["visitors"] == "15"  # every second of 30
    unknown = client.get(csv_file.request["PATH_INFO"] + "?segment=device:zz")
    assert unknown.status_code == 404


def test_part_is_not_there_for_another_store(client):
    client.force_login(factories.make_user(factories.make_store()))
    experiment = finished_test()
    response = client.get(reverse("dashboard:report_part", args=[experiment.store.slug, experiment.key]))
    assert response.status_code == 404
