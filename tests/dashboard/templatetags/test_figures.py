"""What pages need of figures beyond their text."""

import json
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


def test_number_cells_of_texts_with_html_are_escaped():
    assert figures.number_cells(["<b>", "+€0.31"]) == '<td class="number">&lt;b&gt;</td><td class="number">+€0.31</td>'


def test_figure_script_of_a_name_that_ends_a_script_stays_within_it():
    figure = {"data": [{"name": "</script><b>&amp;", "x": [1.5, None]}]}
    html = figures.figure_script(figure, "lift")
    assert html.startswith('<script id="lift-figure" type="application/json">')
    content = html.partition(">")[2].removesuffix("</script>")
    assert not set("<>&") & set(content)
    assert json.loads(content) == figure
