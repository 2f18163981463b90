"""A roll-out's entry in the audit trail says what the lift was, corrected and as measured."""

from datetime import timedelta
from math import log

import pytest

from experiments import audit_words
from experiments.models import Decision, Snapshot
from experiments.running import lifecycle
from experiments.running.lifecycle import Conclusion
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def effect(variant: str, metric: str, corrected: float | None) -> dict[str, object]:
    """A stored effect that was measured as +25%."""
    fields: dict[str, object] = {
        "variant": variant,
        "metric": metric,
        "log_lift": log(1.25),
        "log_lift_error": 0.1,
        "monthly_base_minor": None,
    }
    if corrected is not None:
        fields["corrected_lift"] = {"estimate": corrected, "low": 0.01, "high": 0.3}
    return fields


@pytest.mark.parametrize(
    ("corrected", "recorded"),
    [(0.14, {"corrected_lift": 0.14, "measured_lift": 0.25}), (None, {"measured_lift": 0.25})],
    ids=["corrected", "report of before"],
)
def test_rollout_records_the_goals_lift_of_the_newest_report(corrected, recorded):
    experiment = factories.make_experiment()
    for days, number in ((2, 0.9), (1, corrected)):
        effects = [effect("treatment", "aov", 0.5), effect("other", "rpv", 0.6), effect("treatment", "rpv", number)]
        taken_at = NOON - timedelta(days=days)
        Snapshot.objects.create(experiment=experiment, taken_at=taken_at, report={"effects": effects})
    conclusion = Conclusion(decision=Decision.ROLL_OUT, rolled_out_variant=experiment.variants.get(key="treatment"))
    entry = lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion)
    assert {name: entry.detail[name] for name in entry.detail if name.endswith("lift")} == pytest.approx(recorded)
    words = dict(audit_words.details(entry))
    assert words["Lift as measured"] == "+25.0%"
    assert words.get("Lift, corrected for luck", "+14.0%") == "+14.0%"
