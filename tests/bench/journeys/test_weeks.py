"""What a store's weeks bring: refunds, lifted orders, and caps that count what the case says."""

import pytest

from bench.journeys.cases import AA, CAPPED_BY_MESSAGES
from bench.journeys.shops import PlacedOrder
from bench.journeys.weeks import between, caps_of, value_of
from journeys.checks import points

ORDERS = [PlacedOrder(day, number, 0, 1_000, None) for number, day in enumerate((-3.0, 0.0, 1.0, 2.5))]


def test_orders_between_two_days_are_those_after_the_first_and_up_to_the_last():
    assert [order.number for order in between(ORDERS, 0.0, 2.5)] == [2, 3]
    assert [order.number for order in between(ORDERS, -1e6, 0.0)] == [0, 1]


@pytest.mark.parametrize(("lifted_from", "paid"), [(None, 1_000), (2.5, 1_000), (2.4, 1_080)])
def test_orders_after_the_message_are_worth_more_by_the_lift(lifted_from, paid):
    assert value_of(ORDERS[3], lifted_from, 0.08) == paid


def test_caps_count_both_arms_but_in_the_case_that_counts_wrongly():
    with caps_of(AA):
        assert "sent.verdict IN ('send', 'control')" in points.CONTACT_FACTS
    with caps_of(CAPPED_BY_MESSAGES):
        assert "sent.verdict = 'send'" in points.CONTACT_FACTS
    assert "sent.verdict = 'send'" not in points.CONTACT_FACTS


def test_caps_that_cannot_be_changed_are_an_error(monkeypatch):
    monkeypatch.setattr(points, "CONTACT_FACTS", "SELECT 1")
    with pytest.raises(ValueError, match="has changed"), caps_of(CAPPED_BY_MESSAGES):
        pass
