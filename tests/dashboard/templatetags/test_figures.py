"""What pages need of figures beyond their text."""

from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.templatetags import figures


@pytest.mark.parametrize(
    ("control", "treatment", "scale"), [(65.28, 142.26, 65.28), (0.0, 1130.0, 1130.0), (None, 5.0, 5.0)]
)
def test_scale_is_controls_value_where_there_is_one(control, treatment, scale):
    result: Any = SimpleNamespace(shown=SimpleNamespace(control=control, treatment=treatment))
    assert figures.scale(result) == scale
