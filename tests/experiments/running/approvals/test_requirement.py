"""What an approval holds up, and what it never does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from checkout_widgets.models import OfferTier, Widget
from experiments.models import (
    Approval,
    ApprovalState,
    ApprovedStep,
    AuditAction,
    ChosenMetric,
    CustomMetric,
    Decision,
    Experiment,
    Role,
    Status,
    Store,
)
from experiments.running import caps, lifecycle
from experiments.running.approvals import requests
from experiments.running.approvals.requirement import ApprovalNeededError, is_approval_missing
from experiments.running.caps import PlannedCap
from experiments.running.conclusions import terms_of
from experiments.running.lifecycle import Conclusion
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
OLD_PARTS = ("settings", "variants", "shown", "schedule", "ramp", "decision", "verdict")


@pytest.fixture
def store() -> Store:
    store = factories.make_store(approval_rules=["launch", "roll_out", "against_verdict"])
    for name in ("ada", "ben"):
        factories.make_user(store, username=name)
    return store


def draft(store: Store, **fields: Any) -> Experiment:
    return factories.make_live_experiment(store, **{"status": Status.DRAFT, "started_at": None} | fields)


def make_metric(store: Store) -> CustomMetric:
    factories.make_product(store, sku="pot")
    return CustomMetric.objects.create(store=store, key="pots", name="Pots", skus=["pot"], created_by="ada")


def member(store: Store, name: str) -> Any:
    return store.memberships.get(user__username=name).user


def approved(experiment: Experiment, step: ApprovedStep = ApprovedStep.LAUNCH, **more: Any) -> Approval:
    asked = requests.ask(experiment=experiment, step=step, asker=member(experiment.store, "ada"), **more)
    requests.approve(approval=asked, user=member(experiment.store, "ben"))
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize("actor", ["ada", "API: Warehouse", "schedule"])
def test_start_without_an_approval_is_refused_whoever_takes_it(store, actor):
    experiment = draft(store)
    with pytest.raises(ApprovalNeededError):
        lifecycle.start(experiment=experiment, actor=actor)
    with pytest.raises(ApprovalNeededError):
        lifecycle.schedule(experiment=experiment, actor=actor, starts_at=timezone.now() + timedelta(days=1))
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT


def test_start_with_an_approval_uses_it_once_and_keeps_who_gave_it(store):
    experiment = draft(store)
    approval = approved(experiment)
    assert not is_approval_missing(experiment, ApprovedStep.LAUNCH)
    entry = lifecycle.start(experiment=experiment, actor="ada", now=NOON)
    assert entry.detail["approved_by"] == "ben"
    approval.refresh_from_db()
    assert approval.state == ApprovalState.USED
    assert is_approval_missing(experiment, ApprovedStep.LAUNCH)


def change_targeting(experiment: Experiment) -> None:
    Experiment.objects.filter(pk=experiment.pk).update(targeting={"all": []})


def change_words(experiment: Experiment) -> None:
    Widget.objects.filter(variant__experiment=experiment).update(headline="Half price today")


def change_price(experiment: Experiment) -> None:
    offer = Widget.objects.get(variant__experiment=experiment).offer
    type(offer).objects.filter(pk=offer.pk).update(price_minor=1)


def add_tier(experiment: Experiment) -> None:
    offer = Widget.objects.get(variant__experiment=experiment).offer
    OfferTier.objects.create(offer=offer, quantity=3, price_minor=900)


def change_weight(experiment: Experiment) -> None:
    experiment.variants.filter(is_control=False).update(weight=9)


def change_ramp(experiment: Experiment) -> None:
    Experiment.objects.filter(pk=experiment.pk).update(ramp_plan=[{"share": 0.5, "days": 1}])


def change_covariates(experiment: Experiment) -> None:
    Experiment.objects.filter(pk=experiment.pk).update(covariates=[])


def change_cap(experiment: Experiment) -> None:
    Experiment.objects.filter(pk=experiment.pk).update(cap_minor=5_000)


def choose_metric(experiment: Experiment) -> None:
    ChosenMetric.objects.create(experiment=experiment, metric=make_metric(experiment.store))


def hand_variant_to_the_page(experiment: Experiment) -> None:
    experiment.variants.filter(is_control=False).update(is_page_own=True)


CHANGES = [
    *(change_targeting, change_words, change_price, add_tier, change_weight, change_ramp, change_covariates),
    *(change_cap, choose_metric, hand_variant_to_the_page),
]


@pytest.mark.parametrize("change", CHANGES)
def test_approval_lapses_when_what_it_covers_changes(store, change):
    experiment = draft(store)
    approved(experiment)
    change(experiment)
    experiment.refresh_from_db()
    with pytest.raises(ApprovalNeededError, match="has changed since"):
        lifecycle.start(experiment=experiment, actor="ada")
    assert is_approval_missing(experiment, ApprovedStep.LAUNCH)


def test_approval_holds_while_stock_and_names_change(store):
    experiment = draft(store)
    approved(experiment)
    product = Widget.objects.get(variant__experiment=experiment).offer.items.get().product
    type(product).objects.filter(pk=product.pk).update(stock=1, price_minor=2_000)
    Experiment.objects.filter(pk=experiment.pk).update(name="Another name", hypothesis="So")
    lifecycle.start(experiment=experiment, actor="ada")
    assert experiment.status == Status.RUNNING


def test_approval_lapses_when_a_chosen_metric_counts_something_else(store):
    experiment = draft(store)
    choose_metric(experiment)
    approved(experiment)
    CustomMetric.objects.update(name="Pots and jugs")
    assert not is_approval_missing(experiment, ApprovedStep.LAUNCH)
    CustomMetric.objects.update(skus=["pot", "jug"])
    with pytest.raises(ApprovalNeededError, match="this has changed since: custom metrics"):
        lifecycle.start(experiment=experiment, actor="ada")


def test_approval_holds_when_the_launch_itself_computes_the_cap(store, monkeypatch):
    experiment = draft(store)
    approved(experiment)
    monkeypatch.setattr(caps, "planned_cap", lambda store, now: PlannedCap(9_000, 400))
    lifecycle.start(experiment=experiment, actor="ada")
    assert (experiment.status, experiment.cap_minor) == (Status.RUNNING, 9_000)


def test_approval_from_before_the_cap_was_covered_holds_unless_there_is_one(store):
    experiment = draft(store)
    approval = approved(experiment)
    Approval.objects.update(covers={name: approval.covers[name] for name in OLD_PARTS})
    assert not is_approval_missing(experiment, ApprovedStep.LAUNCH)
    change_cap(experiment)
    assert is_approval_missing(experiment, ApprovedStep.LAUNCH)


@pytest.mark.slow
def test_scheduled_start_of_a_changed_test_becomes_a_draft_again_and_says_why(store):
    starts_at = timezone.now() + timedelta(hours=1)
    experiments = [draft(store, starts_at=starts_at), draft(store, starts_at=starts_at)]
    for experiment in experiments:
        approved(experiment)
        lifecycle.schedule(experiment=experiment, actor="ada", starts_at=starts_at)
    change_words(experiments[1])
    assert lifecycle.start_due(starts_at + timedelta(minutes=1)) == 1
    for experiment in experiments:
        experiment.refresh_from_db()
    assert [experiment.status for experiment in experiments] == [Status.RUNNING, Status.DRAFT]
    entry = experiments[1].audit_entries.get(action=AuditAction.UNSCHEDULED)
    assert "what a variant shows" in entry.reason
    assert "Inhalt einer Variante" in entry.reason_translations["de"]


def test_scheduled_start_from_before_the_rule_waits_for_approval():
    store = factories.make_store()
    starts_at = timezone.now() + timedelta(hours=1)
    experiment = draft(store)
    lifecycle.schedule(experiment=experiment, actor="ada", starts_at=starts_at)
    Store.objects.filter(pk=store.pk).update(approval_rules=["launch"])
    assert lifecycle.start_due(starts_at + timedelta(minutes=1)) == 0
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT


@pytest.mark.slow
def test_ramp_of_a_changed_test_waits_and_is_said_once(store):
    ramp = [{"share": 0.05, "days": 1}, {"share": 0.25, "days": 1}]
    experiment = draft(store, ramp_plan=ramp)
    approved(experiment)
    lifecycle.start(experiment=experiment, actor="ada", now=NOON)
    assert lifecycle.step_ramp(experiment=experiment, now=NOON + timedelta(days=1)) is not None
    change_price(experiment)
    for hour in range(2):
        assert lifecycle.step_ramp(experiment=experiment, now=NOON + timedelta(days=2, hours=hour)) is None
    assert (experiment.ramp_step, experiment.served_share) == (1, 0.25)
    assert experiment.audit_entries.filter(action=AuditAction.APPROVAL_LAPSED).count() == 1
    with pytest.raises(ApprovalNeededError):
        lifecycle.end_ramp(experiment=experiment, actor="ada", reason="Enough")
    approved(experiment, ApprovedStep.END_RAMP)
    lifecycle.end_ramp(experiment=experiment, actor="ada", reason="Enough")
    assert experiment.served_share == 1.0


def test_ramp_of_a_test_launched_before_the_rule_goes_on():
    store = factories.make_store(approval_rules=["launch"])
    experiment = factories.make_experiment(store, ramp_plan=[{"share": 0.05, "days": 1}], ramped_at=NOON)
    assert lifecycle.step_ramp(experiment=experiment, now=NOON + timedelta(days=1)) is not None


@pytest.mark.slow
def test_resume_is_free_while_the_test_is_as_approved_and_needs_approval_once_it_is_not(store):
    experiment = draft(store)
    approved(experiment)
    lifecycle.start(experiment=experiment, actor="ada")
    lifecycle.pause(experiment=experiment, actor="guardrail", reason="")
    lifecycle.resume(experiment=experiment, actor="ada", reason="Mended")
    lifecycle.pause(experiment=experiment, actor="ada", reason="")
    change_words(experiment)
    with pytest.raises(ApprovalNeededError):
        lifecycle.resume(experiment=experiment, actor="ada", reason="Mended")
    approved(experiment, ApprovedStep.RESUME)
    lifecycle.resume(experiment=experiment, actor="ada", reason="Mended")
    assert experiment.status == Status.RUNNING


def test_pause_stop_and_falling_back_are_never_held_up(store):
    running = factories.make_live_experiment(store)
    lifecycle.pause(experiment=running, actor="ada", reason="")
    lifecycle.stop(experiment=running, actor="ada", reason="")
    rolled_out = factories.make_live_experiment(store, status=Status.CONCLUDED, decision=Decision.ROLL_OUT)
    lifecycle.archive(experiment=rolled_out, actor="ada")
    assert (running.status, rolled_out.status) == (Status.STOPPED, Status.ARCHIVED)
    scheduled = draft(store, status=Status.SCHEDULED)
    lifecycle.unschedule(experiment=scheduled, actor="ada")
    assert scheduled.status == Status.DRAFT


def conclusion(experiment: Experiment, decision: Decision) -> Conclusion:
    variant = experiment.variants.get(key="treatment") if decision == Decision.ROLL_OUT else None
    return Conclusion(decision=decision, rolled_out_variant=variant, learning="It sells", next_step="Dearer")


@pytest.mark.slow
def test_roll_out_needs_an_approval_of_this_decision(store):
    experiment = factories.make_live_experiment(store)
    rolling_out = conclusion(experiment, Decision.ROLL_OUT)
    with pytest.raises(ApprovalNeededError):
        lifecycle.conclude(experiment=experiment, actor="ada", conclusion=rolling_out)
    approved(experiment, ApprovedStep.CONCLUDE, terms=terms_of(experiment, rolling_out))
    change_price(experiment)
    with pytest.raises(ApprovalNeededError, match="what a variant shows"):
        lifecycle.conclude(experiment=experiment, actor="ada", conclusion=rolling_out)
    approved(experiment, ApprovedStep.CONCLUDE, terms=terms_of(experiment, rolling_out))
    lifecycle.conclude(experiment=experiment, actor="ada", conclusion=rolling_out)
    assert (experiment.status, experiment.decision) == (Status.CONCLUDED, Decision.ROLL_OUT)


def test_keeping_control_of_an_undecided_test_needs_no_approval(store):
    experiment = factories.make_live_experiment(store)
    lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion(experiment, Decision.KEEP_CONTROL))
    assert experiment.status == Status.CONCLUDED


def test_decision_against_the_verdict_needs_approval_where_only_that_is_wanted():
    store = factories.make_store(approval_rules=["against_verdict"])
    factories.make_user(store, role=Role.ADMIN)
    experiment = factories.make_live_experiment(store)
    rolling_out = conclusion(experiment, Decision.ROLL_OUT)  # nobody was exposed: nothing has won
    with pytest.raises(ApprovalNeededError):
        lifecycle.conclude(experiment=experiment, actor="ada", conclusion=rolling_out)
    lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion(experiment, Decision.ITERATE))
    assert experiment.decision == Decision.ITERATE
