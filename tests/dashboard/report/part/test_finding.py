"""What a part is said to show, by its corrected p-value and the direction of its goal."""

from dataclasses import replace

import pytest

from dashboard.report.part.finding import finding_of
from experiments.snapshots import analyse
from tests.dashboard.report.finished import finished_test

pytestmark = pytest.mark.django_db


def test_finding_follows_the_corrected_p_value_and_the_wanted_direction():
    [goal] = [result for result in analyse(finished_test()).metrics if result.role == "goal"]
    assert goal.main.difference is not None
    assert goal.main.difference.estimate > 0  # 60.00 beside 50.00

    def said(p_value, *, is_lower_better=False, split=0.5):
        result = replace(goal, corrected_p_value=p_value, is_lower_better=is_lower_better)
        finding = finding_of(result, alpha=0.05, split_p_value=split)
        return finding.tone, finding.text

    assert said(0.049)[0] == "good"
    assert "better than control in this part" in said(0.049)[1]
    assert said(0.05) == ("waiting", "Revenue per visitor: no difference shown in this part.")
    assert said(0.049, is_lower_better=True)[0] == "bad"
    assert "worse than control" in said(0.049, is_lower_better=True)[1]
    assert said(None) == ("waiting", "Revenue per visitor: too little data in this part to compare.")
    assert said(0.001, split=0.0009) == ("bad", "This part can't be compared: it isn't split as planned.")
