"""What is still to be paid back, by variant."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from experiments.analysis.refunds import RefundCohorts, reserves_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_reserves_leave_out_an_arm_without_a_visitor_on_the_first_day():
    nobody = RefundCohorts(days=[date(2026, 11, 30)], values=np.zeros(1), refunded=np.zeros(1), zone=ZoneInfo("UTC"))
    assert reserves_of({"control": nobody}, {}, {"refund_shares": [0.2, 1.0]}, NOW) == {}
