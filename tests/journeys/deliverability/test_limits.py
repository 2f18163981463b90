"""Where a warning and a pause begin, by Wilson's one-sided 95% bounds worked out by hand."""

import pytest

from journeys.deliverability.counts import MessageCounts, total
from journeys.deliverability.limits import states_of


@pytest.mark.parametrize(
    ("counts", "warned", "over"),
    [
        (MessageCounts(), set(), set()),
        # one of three is 33% and says nothing
        (MessageCounts(sent=3, hard_bounced=1), set(), set()),
        (MessageCounts(sent=49, hard_bounced=20), set(), set()),
        (MessageCounts(sent=200, complained=1), set(), set()),
        (MessageCounts(sent=2_000, complained=2), {"complaints"}, set()),
        # 0.3%, and surely above 0.12%
        (MessageCounts(sent=1_000, complained=3), {"complaints"}, {"complaints"}),
        (MessageCounts(sent=1_000, complained=2), {"complaints"}, set()),
        (MessageCounts(sent=100, hard_bounced=4), {"bounces"}, set()),
        # 5%, and surely above 2.4%
        (MessageCounts(sent=100, hard_bounced=5), {"bounces"}, {"bounces"}),
        # 5.5%, and only surely above 1.9%
        (MessageCounts(sent=55, hard_bounced=3), {"bounces"}, {"bounces"}),
        (MessageCounts(sent=1_000, opted_out=19), {"opt_outs"}, set()),
        (MessageCounts(sent=1_000, opted_out=20), {"opt_outs"}, {"opt_outs"}),
        # soft bounces and rejections are no ground
        (MessageCounts(sent=100, soft_bounced=60, rejected=30), set(), set()),
    ],
)
def test_sender_is_warned_and_paused_at_its_limits(counts, warned, over):
    states = states_of(counts)
    assert {state.limit.value for state in states if state.is_warning} == warned
    assert {state.limit.value for state in states if state.is_over} == over


def test_days_add_up():
    days = [MessageCounts(sent=3, opted_out=1), MessageCounts(sent=4, unknown=2)]
    assert total(days) == MessageCounts(sent=7, opted_out=1, unknown=2)
    assert total([]) == MessageCounts()
