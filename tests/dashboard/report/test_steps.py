"""The steps that a report offers, and what it suggests."""

from typing import Any

import pytest

from dashboard.report.steps import step_named, suggested
from experiments.models import Decision, Experiment, Source, Status
from experiments.report import Verdict
from experiments.running import lifecycle
from tests import factories


def verdict(code: Any, variant: str | None = None) -> Verdict:
    return Verdict(code=code, headline="", next_step="", variant=variant, rules=[])


@pytest.mark.django_db
def test_winner_is_suggested_to_be_rolled_out():
    experiment = factories.make_experiment()
    treatment = experiment.variants.get(key="treatment")
    initial = suggested(verdict("ship", "treatment"), experiment)
    assert initial == {"decision": Decision.ROLL_OUT, "rolled_out_variant": treatment}


@pytest.mark.parametrize(
    ("code", "initial"),
    [
        ("stop_harm", {"decision": Decision.KEEP_CONTROL}),
        ("no_material_difference", {"decision": Decision.KEEP_CONTROL}),
        ("collecting", {}),
        ("needs_review", {}),
        ("invalid", {}),
    ],
)
def test_decision_is_suggested_only_by_a_clear_verdict(code, initial):
    assert suggested(verdict(code), Experiment()) == initial


@pytest.mark.parametrize(
    ("name", "status", "code", "is_called_for"),
    [
        ("conclude", Status.RUNNING, "collecting", False),
        ("conclude", Status.RUNNING, "ship", True),
        ("conclude", Status.RUNNING, "stop_harm", True),
        ("conclude", Status.STOPPED, "collecting", True),
        ("stop", Status.RUNNING, "stop_harm", False),
    ],
)
def test_conclude_is_what_to_do_once_the_verdict_is_clear_or_the_test_is_stopped(name, status, code, is_called_for):
    step = step_named(name)
    assert step is not None
    assert step.is_called_for(Experiment(status=status), verdict(code)) is is_called_for


def test_imported_test_can_only_be_concluded():
    imported = Experiment(status=Status.STOPPED, source=Source.IMPORTED)
    names = ("widen", "pause", "resume", "stop", "conclude")
    open_steps = [name for name in names if (step := step_named(name)) and step.is_open(imported)]
    assert open_steps == ["conclude"]


@pytest.mark.django_db
def test_holdout_is_neither_paused_nor_stopped_nor_concluded():
    holdout = factories.make_holdout(factories.make_store())
    for name in ("pause", "stop", "conclude"):
        step = step_named(name)
        assert step is not None
        assert not step.is_open(holdout)
    with pytest.raises(lifecycle.LifecycleError, match="set the share to 0"):
        lifecycle.pause(experiment=holdout, actor="ada", reason="")
