"""Figures are written as each reader's language writes them; files, the API, and webhooks write them as programs do."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from dashboard.report import sharing
from experiments.accounting import rollups
from experiments.models import Experiment, PersonLanguage
from experiments.running.looks import take_look
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.report.finished import url_of
from tests.experiments.custom_metrics_of_tests import displacing_test

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TAG = re.compile(r"<script\b.*?</script>|<[^>]+>", re.DOTALL)  # what draws plots is no text
TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")  # of the analysis, which each answer has made anew
EXPORTS = ("report.json", "metrics.csv", "days.csv", "segments.csv")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """A thread keeps the language of its last page, and the next test of this process runs in it."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def experiment() -> Experiment:
    """A test of 6,000 visitors that wins, its first look just taken."""
    test, _ = displacing_test(cap_minor=6_000, planned_sample=1_500, planned_looks=14)
    rollups.refresh_touched()
    reads(test, "de")
    assert take_look(test, timezone.now() - timedelta(seconds=1))
    return test


def reads(experiment: Experiment, language: str) -> Client:
    """A member of the store whose browser asks for a language, and did when they logged in."""
    user = factories.make_user(experiment.store)
    PersonLanguage.objects.create(user=user, of_browser=language)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def text_of(client: Client, address: str, **headers: str) -> str:
    """A page's text, with ordinary spaces."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", unescape(TAG.sub(" ", answer.content.decode())))


def says(page: str, figure: str) -> bool:
    """Whether a page has the figure, and not as a part of a longer one."""
    return re.search(rf"(?<![\d.,]){re.escape(figure)}(?!\d)", page) is not None


def with_marks(number: float, digits: int) -> dict[str, str]:
    """A number as each language writes it, by nothing that the console uses."""
    english = f"{number:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return {"en": english, "de": english.translate(str.maketrans(",.", ".,"))}


def report_of(experiment: Experiment, **headers: str) -> Any:
    token = make_token(experiment.store)
    client = Client(headers={"authorization": f"Bearer {token}", **headers})
    return client.get(f"/api/v1/experiments/{experiment.key}/report/").json()


def test_pages_write_figures_as_their_reader_does(experiment):
    report = report_of(experiment)
    (goal,) = [one for one in report["metrics"] if one["metric"] == report["goal_metric"]]
    lift = with_marks(100 * goal["final"]["lift"]["estimate"], 1)
    visitors = with_marks(sum(one["visitors"] for one in report["variants"]), 0)
    assert (visitors["de"], visitors["en"]) == ("6.000", "6,000")
    shared = f"/shared/{sharing.share(experiment=experiment, actor='ada', days=7).token}/"
    store = experiment.store.slug
    for language, other, percent in (("de", "en", "+%s %%"), ("en", "de", "+%s%%")):
        client = reads(experiment, language)
        pages = {
            "report": text_of(client, url_of(experiment)),
            "tests": text_of(client, f"/tests/?store={store}"),
            "overview": text_of(client, f"/?store={store}"),
            "shared": text_of(Client(), shared, **{"accept-language": language}),
        }
        for name, page in pages.items():
            assert percent % lift[language] in page, (name, language)
            assert not says(page, lift[other]), (name, language)
            assert not says(page, visitors[other]), (name, language)
            if name != "shared":
                assert says(page, visitors[language]), (name, language)


def test_files_and_the_api_are_the_same_for_readers_of_both_languages(experiment):
    german, english = reads(experiment, "de"), reads(experiment, "en")
    store = experiment.store.slug
    addresses = [f"{url_of(experiment)}export/{name}" for name in EXPORTS]
    addresses.append(f"/offers/analytics.csv?store={store}&by=moment&period=all")
    for address in addresses:
        answers = [client.get(address) for client in (german, english)]
        assert [answer.status_code for answer in answers] == [200, 200], address
        first, second = (TIME.sub("", answer.content.decode()) for answer in answers)
        assert first == second, address
    in_german = report_of(experiment, **{"accept-language": "de"})
    assert TIME.sub("", json.dumps(in_german)) == TIME.sub("", json.dumps(report_of(experiment)))
    metrics = german.get(f"{url_of(experiment)}export/metrics.csv").content.decode()
    assert re.search(r",0\.\d{4,}", metrics)
