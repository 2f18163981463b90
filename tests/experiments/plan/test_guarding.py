"""What can't move guards nothing."""

from experiments.models import Metric, Moment
from experiments.plan.guarding import can_guard, effective_guardrails

CONVERSION = {"metric": "conversion", "margin": -0.02}


def test_guardrails_in_the_cart_are_those_chosen():
    assert effective_guardrails([CONVERSION], Moment.CART) == [CONVERSION]
    assert not can_guard(Metric.CANCELED_SHARE, Moment.CART)


def test_guardrail_of_conversion_at_the_confirmation_gives_way_to_refunded_and_canceled_share():
    assert effective_guardrails([CONVERSION], Moment.CONFIRMATION) == [
        {"metric": "refunded_share", "margin": 0.01},
        {"metric": "canceled_share", "margin": 0.01},
    ]
    assert not can_guard(Metric.CONVERSION, Moment.CONFIRMATION)
    assert can_guard(Metric.CANCELED_SHARE, Moment.CONFIRMATION)


def test_guardrail_that_somebody_chose_keeps_its_margin():
    chosen = {"metric": "refunded_share", "margin": 0.03}
    assert effective_guardrails([CONVERSION, chosen], Moment.CONFIRMATION)[0] == chosen
