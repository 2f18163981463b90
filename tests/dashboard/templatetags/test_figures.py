"""What pages need of figures beyond their text."""

from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.templatetags import figures
from experiments.report import Ratio


@pytest.mark.parametrize(
    ("control", "treatment", "scale"), [(65.28, 142.26, 65.28), (0.0, 1130.0, 1130.0), (None, 5.0, 5.0)]
)
def test_scale_is_controls_value_where_there_is_one(control, treatment, scale):
    result: Any = SimpleNamespace(control=Ratio(0, 0, control), treatment=Ratio(0, 0, treatment))
    assert figures.scale(result) == scale
