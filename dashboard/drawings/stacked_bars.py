"""Small charts of bars: one bar per day or month, made of parts stacked on each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 100.0, 40.0
FILL = 0.7  # of a bar's room; the rest is the gap to the next


@dataclass(frozen=True)
class BarValues:
    """What a bar stands for: its label, a sentence for a tooltip, and its parts from the bottom up.

    The keys of ``parts`` are classes in the style sheet.
    """

    label: str
    text: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """The bar's height, in the unit of its parts."""
        return sum(self.parts.values())


@dataclass(frozen=True)
class BarPart:
    """A part of a bar in the chart's units; ``kind`` is its class in the style sheet."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class StackedBar:
    """A bar in the chart's units: ``label`` is where it stands, ``text`` what it says."""

    label: str
    text: str
    x: float
    width: float
    parts: list[BarPart]


def stacked_bars(rows: Sequence[BarValues]) -> list[StackedBar]:
    """Return the bars side by side; the highest fills the chart."""
    if not rows:
        return []
    highest = max(row.total for row in rows) or 1.0  # all are empty: any height will do
    room = WIDTH / len(rows)
    gap = room * (1 - FILL) / 2
    bars = []
    for index, row in enumerate(rows):
        parts = list(stacked_parts(row.parts, highest))
        bars.append(StackedBar(row.label, row.text, round(index * room + gap, 3), round(room * FILL, 3), parts))
    return bars


def stacked_parts(values: Mapping[str, float], highest: float) -> Iterator[BarPart]:
    """Yield the parts of a bar, one on top of the other."""
    top = HEIGHT
    for kind, value in values.items():
        height = HEIGHT * value / highest
        top -= height
        yield BarPart(kind, round(top, 3), round(height, 3))
