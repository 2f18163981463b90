"""The playbook by the API: what was learned, with the lifts that its page shows; of the token's store alone."""

import pytest
from django.utils import timezone

from dashboard.playbook.entries import entries_of
from experiments.models import Decision, Status
from experiments.snapshots import take_snapshot
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(experiment):
    experiment.status, experiment.decision = Status.CONCLUDED, Decision.ROLL_OUT
    experiment.learning, experiment.hypothesis = "Balm goes with boots.", "Care sells."
    experiment.rolled_out_variant = experiment.variants.get(key="treatment")
    experiment.ended_at = timezone.now()
    for variant in experiment.variants.all():
        factories.make_exposure(variant)
    experiment.save()
    take_snapshot(experiment)
    return experiment


def test_entry_says_what_was_learned(over, get):
    (entry,) = get("playbook/").json()["results"]
    assert (entry["key"], entry["decision"], entry["rolled_out_variant"]) == (over.key, "roll_out", "treatment")
    assert (entry["learning"], entry["hypothesis"]) == ("Balm goes with boots.", "Care sells.")
    assert [variant["is_control"] for variant in entry["variants"]] == [True, False]
    (told,) = entries_of([over])
    assert [result["metric"] for result in entry["results"]] == [goal.metric for goal in told.goals]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "boots"}, 1),
        ({"q": "kettle"}, 0),
        ({"moment": "cart", "decision": "roll_out"}, 1),
        ({"decision": "undecided"}, 0),
        ({"moment": "payment"}, 0),
    ],
)
def test_entries_are_found_by_words_moment_and_decision(over, get, query, found):
    assert len(get("playbook/", **query).json()["results"]) == found


def test_running_test_and_other_stores_are_left_out(over, experiment, get):
    factories.make_experiment(experiment.store, key="running")
    foreign = factories.make_experiment(factories.make_store(slug="foreign"), key="foreign")
    foreign.status = Status.CONCLUDED
    foreign.save()
    assert [entry["key"] for entry in get("playbook/").json()["results"]] == [over.key]


@pytest.mark.parametrize("query", [{"decision": "maybe"}, {"moment": "party"}, {"page": 0}])
def test_search_that_cannot_be_names_the_parameter(get, query):
    answer = get("playbook/", **query)
    assert answer.status_code == 400
    assert list(answer.json()) == list(query)


def test_page_behind_the_last_is_not_found(get):
    assert get("playbook/", page=7).status_code == 404
