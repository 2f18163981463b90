"""Small charts of bars, drawn by the template as SVG: one bar per day or month, made of parts stacked on each other."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 100.0, 40.0
FILL = 0.7  # of a bar's room


@dataclass(frozen=True)
class Part:
    """A part of a bar, from the bottom up; ``kind`` is its class in the style sheet. Lengths in the chart's units."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class StackedBar:
    """A bar: ``label`` is where it stands, ``text`` what it says."""

    label: str
    text: str
    x: float
    width: float
    parts: list[Part]


def bars(rows: Sequence[tuple[str, str, Sequence[tuple[str, float]]]]) -> list[StackedBar]:
    """Bars from (label, text, [(kind, value), ...]); the highest fills the chart."""
    highest = max((sum(value for _, value in parts) for _, _, parts in rows), default=0) or 1
    room = WIDTH / max(1, len(rows))
    return [
        StackedBar(
            label, text, round(index * room + room * (1 - FILL) / 2, 3), round(room * FILL, 3), stacked(parts, highest)
        )
        for index, (label, text, parts) in enumerate(rows)
    ]


def stacked(parts: Sequence[tuple[str, float]], highest: float) -> list[Part]:
    """The parts of a bar, one on top of the other."""
    found, top = [], HEIGHT
    for kind, value in parts:
        height = HEIGHT * value / highest
        top -= height
        found.append(Part(kind, round(top, 3), round(height, 3)))
    return found
