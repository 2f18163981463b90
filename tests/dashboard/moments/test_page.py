"""The moments map: what runs where, and what was decided."""

from datetime import timedelta

import pytest

from dashboard.moments.page import MomentsPage
from experiments.models import Decision, DecisionDay, DecisionReason, Experiment, Moment, Source, Status
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def decide(store, moment: str, reason: str, count: int, at=NOON, experiment: Experiment | None = None) -> None:
    DecisionDay.objects.create(
        store=store,
        day=at.date(),
        moment=moment,
        reason=reason,
        experiment=experiment,
        count=count,
        first_at=at,
        last_at=at,
    )


def moment(store, which: Moment = Moment.CART):
    return next(one for one in MomentsPage(store, NOON).all if one.moment == which)


def test_every_moment_is_on_the_map_once():
    assert {one.moment for one in MomentsPage(factories.make_store(), NOON).all} == set(Moment)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.RUNNING, "running"),
        (Status.PAUSED, "paused"),
        (Status.SCHEDULED, "scheduled"),
        (Status.DRAFT, "free"),
        (Status.STOPPED, "free"),
        (Status.ARCHIVED, "free"),
    ],
)
def test_state_is_that_of_the_test_there(status, state):
    store = factories.make_store()
    factories.make_experiment(store, status=status)
    assert moment(store).state == state


def test_running_test_hides_a_scheduled_one_and_comes_with_its_day_and_visitors():
    store = factories.make_store()
    factories.make_experiment(store, status=Status.SCHEDULED, priority=5)
    running = factories.make_experiment(store, started_at=NOON - 2 * DAY)
    factories.make_exposure(running.variants.get(key="control"), exposed_at=NOON - 8 * DAY)
    factories.make_exposure(running.variants.get(key="control"), exposed_at=NOON - DAY)
    found = moment(store)
    assert found.state == "running"
    assert [(test.day, test.visitors) for test in found.tests if test.experiment == running] == [(3, 2)]
    assert found.exposed == 1


def test_newest_winner_is_shown_where_no_test_runs():
    store = factories.make_store()
    for days in (9, 2):
        old = factories.make_experiment(
            store, status=Status.CONCLUDED, decision=Decision.ROLL_OUT, ended_at=NOON - days * DAY
        )
        Experiment.objects.filter(pk=old.pk).update(rolled_out_variant=old.variants.get(key="treatment"))
    found = moment(store)
    assert (found.state, found.winner) == ("rolled_out", old)


def test_decisions_of_a_week_are_added_up_by_reason():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    decide(store, Moment.CART, DecisionReason.SERVED, 60, experiment=experiment)
    decide(store, Moment.CART, DecisionReason.NOT_TARGETED, 10, experiment=experiment)
    decide(store, Moment.CART, DecisionReason.NOT_TARGETED, 20, at=NOON - 6 * DAY)
    decide(store, Moment.CART, DecisionReason.CAPPED, 10)
    decide(store, Moment.CART, DecisionReason.CAPPED, 999, at=NOON - 7 * DAY)
    decide(factories.make_store(), Moment.CART, DecisionReason.BOT, 999)
    found = moment(store)
    assert (found.decisions, found.served, found.served_share) == (100, 60, 0.6)
    assert [(why.reason, why.number, why.share) for why in found.unserved] == [
        ("Targeting doesn't match", 30, 0.3),
        ("Offer limit reached", 10, 0.1),
    ]


def test_playbook_says_what_to_expect():
    found = moment(factories.make_store(), Moment.EXIT_INTENT)
    assert found.expected == (0.02, 0.05)
    assert [idea.offer for idea in found.ideas] == ["limited-time bundle"]


def test_holdout_and_other_stores_are_not_on_the_map():
    store = factories.make_store()
    factories.make_experiment(store, source=Source.HOLDOUT)
    factories.make_experiment()
    assert MomentsPage(store, NOON).free == len(Moment)


@pytest.mark.slow
def test_page_takes_at_most_ten_queries(client, django_assert_max_num_queries):
    store = factories.make_store()
    for which in Moment:
        for _ in range(3):
            experiment = factories.make_experiment(store, moment=which)
            factories.make_exposure(experiment.variants.get(key="control"))
        decide(store, which, DecisionReason.SERVED, 5)
    client.force_login(factories.make_user(store))
    with django_assert_max_num_queries(10):
        assert client.get("/moments/").status_code == 200


def test_foreign_store_is_not_found(client):
    client.force_login(factories.make_user(factories.make_store()))
    factories.make_store(slug="foreign")
    assert client.get("/moments/?store=foreign").status_code == 404


def test_idea_is_called_as_in_the_planner_and_says_nothing_twice(client):
    store = factories.make_store()
    client.force_login(factories.make_user(store))
    page = " ".join(client.get("/moments/").content.decode().split())
    assert '<li><span>Protection plan<span class="sub">Recent purchase</span>' in page
    assert '<li><span>After add-to-cart<span class="sub">An item in the cart: related accessory</span>' in page
