"""Which report a page shows first."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.report import stored
from experiments.models import Exposure, Snapshot, Status
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.report.finished import finished_test, news_address, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def experiment(client):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    return experiment


def sell_one_more() -> None:
    Exposure.objects.filter(visitor_id="v_treatment_199").update(orders=1, has_converted=True, revenue_minor=900)


def verdicts_in(page: str) -> tuple[str, list[str]]:
    """The page's verdict, and those that its dialogs tell."""
    headline = re.search(r'id="verdict-title"[^>]*>(.*?)</h2>', page)
    assert headline
    told = re.findall(r"Verdict:</span> (.*?)</p>", page)
    return text_alone(headline[1]), [text_alone(one) for one in told]


def text_alone(html: str) -> str:
    """Without tags, and without the meanings of terms."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r'<span class="term-meaning".*?</span>', "", html)))


def test_news_bring_their_verdict_to_the_dialog_that_concludes(client, experiment):
    take_snapshot(experiment)
    Exposure.objects.filter(visitor_id__regex=r"_1\d\d$").update(orders=1, has_converted=True, revenue_minor=9_000)
    before = client.get(url_of(experiment)).content.decode()
    news = client.get(news_address(before)).content.decode()
    for page in (before, news):
        headline, told = verdicts_in(page)
        assert told == [headline]
    assert verdicts_in(before)[0] != verdicts_in(news)[0]
    assert re.search(r'id="decided-on-conclude" hx-swap-oob="true"', news)
    viewer = Client()
    viewer.force_login(factories.make_user(experiment.store, role="viewer"))
    assert "decided-on" not in viewer.get(news_address(before)).content.decode()


def test_page_begins_with_the_stored_report_and_asks_for_what_came_since(client, experiment):
    take_snapshot(experiment)
    sell_one_more()
    page = client.get(url_of(experiment)).content.decode()
    assert "70 / 200" in page
    assert "71 / 200" not in page
    assert 'hx-trigger="load, every 10s"' in page
    news = client.get(news_address(page)).content.decode()
    assert "71 / 200" in news
    assert 'hx-trigger="every 10s"' in news


def test_page_of_an_ended_test_asks_once(client, experiment):
    experiment.status = Status.STOPPED
    experiment.save()
    take_snapshot(experiment)
    page = client.get(url_of(experiment)).content.decode()
    assert 'hx-trigger="load"' in page
    sell_one_more()
    fresh = client.get(news_address(page)).content.decode()
    assert "hx-trigger" not in fresh.partition('id="findings"')[2].partition(">")[0]


def test_page_of_a_stored_report_reads_no_exposure(client, experiment):
    take_snapshot(experiment)
    with CaptureQueriesContext(connection) as queries:
        client.get(url_of(experiment))
    assert not [query for query in queries if "experiments_exposure" in query["sql"]]
    assert len(queries) <= 15


def test_stored_report_of_long_ago_is_not_shown(client, experiment):
    take_snapshot(experiment, now=timezone.now() - stored.FRESH - timedelta(minutes=1))
    sell_one_more()
    assert "71 / 200" in client.get(url_of(experiment)).content.decode()


def test_stored_report_in_an_unknown_form_is_not_shown(client, experiment):
    Snapshot.objects.create(experiment=experiment, taken_at=timezone.now(), report={"verdict": "yes"})
    assert "70 / 200" in client.get(url_of(experiment)).content.decode()


def test_page_without_adjustment_is_computed(client, experiment):
    take_snapshot(experiment)
    sell_one_more()
    assert "71 / 200" in client.get(f"{url_of(experiment)}?cuped=off").content.decode()


def test_look_shows_the_report_as_it_was_and_follows_nothing(client, experiment):
    look = take_snapshot(experiment, is_look=True)
    sell_one_more()
    page = client.get(f"{url_of(experiment)}?look={look.pk}").content.decode()
    assert "as it was at the look on" in page
    assert "71 / 200" not in page
    assert "hx-trigger" not in page


@pytest.mark.parametrize("look", ["manual", "foreign"])
def test_look_must_be_one_of_this_test(client, experiment, look):
    other = take_snapshot(finished_test(), is_look=True) if look == "foreign" else take_snapshot(experiment)
    assert client.get(f"{url_of(experiment)}?look={other.pk}").status_code == 404


@pytest.mark.parametrize("look", ["0", "x", "-1", "9" * 40, "²"])
def test_look_that_is_no_number_is_now(client, experiment, look):
    assert client.get(f"{url_of(experiment)}?look={look}").status_code == 200


def test_report_to_share_is_computed_once_a_minute(experiment):
    cache.clear()
    first = stored.report_to_share(experiment, with_cuped=True)
    sell_one_more()
    assert stored.report_to_share(experiment, with_cuped=True) == first
    cache.clear()
    assert stored.report_to_share(experiment, with_cuped=True) != first
    cache.clear()
