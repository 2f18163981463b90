"""Sentences that are written now and read later, in each language of the console."""

from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from experiments.models import PersonLanguage, Status
from experiments.report import Report
from experiments.running.looks import take_look
from experiments.snapshots import analyse, take_snapshot
from experiments.written_words import differences, in_each_language, with_texts
from tests import factories


def test_sentence_is_written_in_english_first_whatever_the_page_is_in():
    with translation.override("de"):
        written = in_each_language(lambda: _("Paused"))
    assert written == ("Paused", {"de": "Pausiert"})


def test_differences_lead_back_to_the_translation():
    english: dict[str, Any] = {
        "code": "ship",
        "rules": [{"text": "Wait", "figure": 1.5}, {"text": "p", "figure": None}],
    }
    german = {"code": "ship", "rules": [{"text": "Warten", "figure": 1.5}, {"text": "p", "figure": None}]}
    found = dict(differences(english, german))
    assert found == {"/rules/0/text": "Warten"}
    assert with_texts(english, found) == german
    assert english["rules"][0]["text"] == "Wait"
    slashed = {"a/b~": ["one"]}
    assert with_texts(slashed, {"/a~1b~0/0": "eins"}) == {"a/b~": ["eins"]}


@pytest.fixture
def experiment():
    """A running test with results, and a member who reads German."""
    experiment = factories.make_experiment(
        factories.make_store(currency="EUR"), status=Status.RUNNING, planned_sample=100, started_at=factories.NOON
    )
    for variant in experiment.variants.all():
        for number in range(12):
            exposure = factories.make_exposure(variant)
            if number % 2:
                factories.make_order(experiment.store, visitor_id=exposure.visitor_id, placed_at=timezone.now())
    PersonLanguage.objects.create(user=factories.make_user(experiment.store), of_browser="de")
    return experiment


@pytest.mark.django_db
def test_stored_report_is_read_in_the_reader_s_language_as_if_made_in_it(experiment):
    now = timezone.now()
    with translation.override("de"):  # as where somebody's click makes it
        snapshot = take_snapshot(experiment, now=now)
    assert Report.from_json(snapshot.report_to_read) == analyse(experiment, now=now)
    with translation.override("de"):
        in_german = Report.from_json(snapshot.report_to_read)
        assert in_german == analyse(experiment, now=now)
        assert in_german.verdict.headline != analyse_in_english(experiment, now).verdict.headline
    with translation.override("fr"):
        assert snapshot.report_to_read == snapshot.report


def analyse_in_english(experiment, now) -> Report:
    with translation.override("en"):
        return analyse(experiment, now=now)


@pytest.mark.django_db
def test_report_of_a_store_without_other_readers_is_stored_once(experiment):
    PersonLanguage.objects.update(of_browser="en")
    assert take_snapshot(experiment).translations == {}


@pytest.mark.django_db
def test_look_keeps_its_verdict_in_each_language(experiment):
    assert take_look(experiment, timezone.now())
    entry = experiment.audit_entries.get(action="look")
    assert entry.reason == entry.reason_to_read
    with translation.override("de"):
        headline = Report.from_json(experiment.snapshots.get().report_to_read).verdict.headline
        assert entry.reason_to_read == headline
    assert headline != entry.reason
