"""Held-out and other visitors are exposed to the store's holdout experiment alike."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from experiments.assignment.allocation import is_held_out
from experiments.models import Decision, Experiment, Exposure, Status, Store, Variant, WidgetEvent
from experiments.running import holdout
from experiments.snapshots import analyse
from tests import factories

VISITORS = [f"v_{number}" for number in range(60)]


@pytest.fixture
def held_out(store: Store) -> Experiment:
    store.holdout_share = 0.5
    store.save()
    experiment = holdout.sync_holdout(store, datetime.now(UTC))
    assert experiment is not None
    return experiment


@pytest.fixture
def visit(decide, post):
    """Ask for a decision and let the trigger fire where something was decided."""

    def visit(visitor_id: str, **body):
        decision = decide(visitor_id, **body)
        if decision["exposure_token"]:
            event = {"id": str(uuid4()), "type": "exposure", "at": datetime.now(UTC).isoformat()}
            event["exposure_token"] = decision["exposure_token"]
            answer = post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]}, refresh=False)
            assert answer.json()["accepted"] == 1
        return decision

    return visit


def groups(experiment: Experiment) -> dict[str, str]:
    return dict(Exposure.objects.filter(experiment=experiment).values_list("visitor_id", "variant__key"))


def test_held_out_visitor_is_exposed_by_the_same_trigger_and_sees_nothing(held_out, experiment, visit):
    visitor_id = next(name for name in VISITORS if is_held_out("shop", name, 0.5))
    decision = visit(visitor_id)
    assert (decision["reason"], decision["content"]) == ("holdout", None)
    assert [part["name"] for part in decision["parts"]] == ["upsell_card"], "as for those who get the offer"
    assert (decision["experiment"], decision["variant"]) == ("holdout", "held-out")
    assert decision["trigger"] == {"kind": "slot_visible"}
    assert groups(held_out) == {visitor_id: "held-out"}
    assert groups(experiment) == {}


@pytest.mark.slow
def test_each_visitor_is_in_the_holdouts_group_that_the_hash_gives(held_out, experiment, visit):
    for visitor_id in VISITORS:
        visit(visitor_id)
    expected = {name: "held-out" if is_held_out("shop", name, 0.5) else "offers" for name in VISITORS}
    assert groups(held_out) == expected
    assert set(groups(experiment)) == {name for name, group in expected.items() if group == "offers"}
    assert WidgetEvent.objects.count() == len(VISITORS)


@pytest.mark.parametrize(
    "fields",
    [
        {"targeting": {"field": "device", "op": "is", "value": "phone"}},
        {"traffic_share": 0},
        {"status": Status.PAUSED},
        {"status": Status.STOPPED},
    ],
)
def test_nobody_is_exposed_where_nothing_could_have_been_offered(held_out, experiment, visit, fields):
    Experiment.objects.filter(pk=experiment.pk).update(**fields)
    for visitor_id in VISITORS[:20]:
        assert visit(visitor_id)["exposure_token"] is None
    assert groups(held_out) == {}


@pytest.mark.slow
def test_traffic_share_leaves_the_same_visitors_out_on_both_sides(held_out, experiment, visit):
    Experiment.objects.filter(pk=experiment.pk).update(traffic_share=0.5)
    for visitor_id in VISITORS:
        visit(visitor_id)
    partial = groups(held_out)
    assert set(partial.values()) == {"held-out", "offers"}
    Experiment.objects.filter(pk=experiment.pk).update(traffic_share=1)
    for visitor_id in VISITORS:
        visit(visitor_id)
    assert len(partial) < len(groups(held_out)) == len(VISITORS)


@pytest.mark.parametrize("history", [{"friction": ["return"]}, {"shown_session": 9}])
def test_what_keeps_offers_from_everybody_exposes_nobody(held_out, experiment, visit, history):
    for visitor_id in VISITORS[:20]:
        assert visit(visitor_id, history=history)["exposure_token"] is None
    assert groups(held_out) == {}


@pytest.mark.slow
def test_rolled_out_winner_counts_for_the_holdout_and_not_for_its_own_test(held_out, experiment, visit):
    winner = Variant.objects.get(key="treatment")
    Experiment.objects.filter(pk=experiment.pk).update(
        status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=winner
    )
    for visitor_id in VISITORS[:20]:
        visit(visitor_id)
    assert set(groups(held_out).values()) == {"held-out", "offers"}
    assert groups(experiment) == {}


@pytest.mark.slow
def test_holdout_report_compares_revenue_over_all_moments(held_out, store, experiment, visit):
    payment = factories.make_live_experiment(store, key="payment", moment="payment")
    for visitor_id in VISITORS[:30]:
        visit(visitor_id)
        visit(visitor_id, moments=["payment"])
    offered = next(name for name in VISITORS if not is_held_out("shop", name, 0.5))
    at = datetime.now(UTC) + timedelta(seconds=1)
    lines = (LineData("cup", 1, 5000), LineData("balm", 1, 990, payment.key))
    order = OrderData("1", at, at, "EUR", lines, 5990, 5990, visitor_id=offered)
    record_order(store, order, source="api")
    held_out.is_cap_awaited = False  # results are shown once the store has orders enough for its cap
    report = analyse(held_out)
    control, offers = report.variants
    assert control.visitors + offers.visitors == 30
    assert (control.revenue_minor, offers.revenue_minor) == (0, 5990)
    assert (offers.upsell_minor, offers.accepted) == (990, 1)
    assert not report.health.sample_ratio.is_alarming


@pytest.mark.slow
def test_without_its_experiment_a_holdout_is_still_kept(store, experiment, decide):
    Store.objects.update(holdout_share=0.5)
    decisions = [decide(name) for name in VISITORS]
    assert {decision["exposure_token"] is None for decision in decisions if decision.get("reason")} == {True}
    assert {decision.get("reason") for decision in decisions} == {None, "holdout"}


@pytest.mark.parametrize(("session", "today", "left"), [(0, 0, 2), (1, 0, 1), (0, 3, 1), (2, 2, 0), (9, 9, 0)])
def test_answer_says_how_many_offers_are_left_at_all_moments_together(experiment, post, session, today, left):
    history = {"shown_session": session, "shown_today": today}
    answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"], "history": history}).json()
    assert answer["offers_left"] == left
