"""Annotated days on the chart: shaded to the end of the last day, numbered as in the list."""

from datetime import date

from dashboard.drawings.annotation_marks import mark_annotations
from dashboard.drawings.style import empty_figure
from experiments.report import AnnotatedDays


def test_marks_shade_whole_days_and_are_numbered():
    sale = AnnotatedDays(
        kind="campaign",
        label="Campaign",
        text="Sale",
        first_day=date(2026, 11, 27),
        last_day=date(2026, 11, 30),
        is_confounding=False,
    )
    outage = AnnotatedDays(
        kind="outage",
        label="Outage",
        text="",
        first_day=date(2026, 12, 2),
        last_day=date(2026, 12, 2),
        is_confounding=True,
    )
    figure = empty_figure(200)
    mark_annotations(figure, [sale, outage])
    assert [(shape["x0"], shape["x1"]) for shape in figure.layout["shapes"]] == [
        ("2026-11-27", "2026-12-01"),
        ("2026-12-02", "2026-12-03"),
    ]
    notes = [(note["text"], note["hovertext"]) for note in figure.layout["annotations"]]
    assert notes == [("1", "Sale"), ("2", "Outage")]
