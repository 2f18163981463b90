"""Annotated days on a chart over time."""

from collections.abc import Sequence
from datetime import timedelta

from dashboard.drawings.figure import Drawing
from experiments.report import AnnotatedDays

SHADE = "rgba(183,121,31,.14)"


def mark_annotations(figure: Drawing, annotations: Sequence[AnnotatedDays]) -> None:
    """Shade annotated days, each with its number in the list below: a text would be wider than its days."""
    for number, annotation in enumerate(annotations, start=1):
        begin, end = annotation.first_day, annotation.last_day + timedelta(days=1)
        figure.add_vrect(x0=begin.isoformat(), x1=end.isoformat(), fillcolor=SHADE)
        figure.add_annotation(
            x=begin.isoformat(),
            y=0,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=str(number),
            hovertext=annotation.text or annotation.label,
        )
