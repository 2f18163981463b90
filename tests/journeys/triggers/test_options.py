"""Options of triggers are refused with the field and the fix, and never reach SQL as they were typed."""

import pytest

from journeys.models import Trigger
from journeys.triggers.options import AtStage, BadOptions, DaysWithoutOrder, RunsOut, TierDistance, read_options


def test_read_options_gives_each_trigger_its_own():
    assert read_options(Trigger.RUNS_OUT, {"category_days": {"Coffee": 20}}) == RunsOut(None, {"Coffee": 20})
    assert read_options(Trigger.REACHED, {"kind": "days_without_order", "days": 60}) == DaysWithoutOrder(60)
    tier = {"kind": "tier", "spent_minor": 50_000, "within_minor": 5_000}
    assert read_options(Trigger.REACHED, tier) == TierDistance(50_000, 5_000)
    assert read_options(Trigger.REACHED, {"kind": "stage", "stage": "care"}) == AtStage("care")


@pytest.mark.parametrize(
    ("trigger", "options", "said"),
    [
        (Trigger.RUNS_OUT, {}, "Enter in how many days"),
        (Trigger.RUNS_OUT, {"category_days": {"Coffee": "20"}}, "Enter “Days by category”"),
        (Trigger.RUNS_OUT, {"days": 0}, "Enter at least 1 for “Days”"),
        (Trigger.CONTRACT_ENDS, {"days_before": 900}, "Enter at most 365 for “Days”"),
        (Trigger.ON_A_DAY, {}, "Enter “Day of the campaign”"),
        (Trigger.ON_A_DAY, {"at": "2026-11-27T09:00:00"}, "time zone"),
        (Trigger.REACHED, {"kind": "tier", "spent_minor": 5, "within_minor": 5}, "smaller than the tier"),
        (Trigger.REACHED, {"kind": "other"}, "kind"),
        (Trigger.REACHED, {"kind": "stage", "stage": "waiting"}, "Stage"),
        (Trigger.ON_A_DAY, {"at": "2026-11-27T09:00:00Z", "audience": {"stages": ["zz"]}}, "stages"),
        (Trigger.ORDER_PLACED, {"days": 3}, "There is no field days"),
    ],
)
def test_read_options_refuses_what_a_trigger_cannot_use(trigger, options, said):
    with pytest.raises(BadOptions, match=said):
        read_options(trigger, options)
