"""Two plain charts as SVG: dots in rows, and lines that share an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["circle", "square", "diamond"]

ROW, LEFT, TOP, PANEL, GAP = 20, 190, 62, 300, 28
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.title{font-weight:600}.quiet{fill:#6b7280}.grid{stroke:#e5e7eb}"
    ".axis{stroke:#9ca3af}.target{stroke:#111827;stroke-dasharray:4 3}"
)


@dataclass(frozen=True)
class ChartSeries:
    """Values of one colour, with the mark that tells it apart without colour."""

    name: str
    colour: str
    mark: Mark
    values: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """One chart of a row of charts that share their labels."""

    title: str
    series: Sequence[ChartSeries]


def dots(
    title: str, labels: Sequence[str], panels: Sequence[Panel], *, highest: float, band: tuple[float, float]
) -> str:
    """Draw a row per label and a panel per metric; ``band`` is where values ought to lie."""
    width, bottom = LEFT + len(panels) * (PANEL + GAP), TOP + ROW * len(labels)
    parts = []
    for row, label in enumerate(labels):
        parts.append(_text(LEFT - 10, TOP + ROW * row + 14, label, "end", css="quiet"))
    for index, panel in enumerate(panels):
        left = LEFT + index * (PANEL + GAP)
        scale = PANEL / highest
        parts.append(
            f'<rect x="{left + band[0] * scale:.1f}" y="{TOP}" width="{(band[1] - band[0]) * scale:.1f}" '
            f'height="{ROW * len(labels)}" fill="#dcfce7"/>'
        )
        parts.append(_text(left, TOP - 8, panel.title, "start"))
        parts += _ticks(left, scale, highest, bottom)
        for series in panel.series:
            for row, value in enumerate(series.values):
                parts.append(_mark(series, left + min(value, highest) * scale, TOP + ROW * row + 10))
    return _page(title, parts, panels[0].series, width=width, height=bottom + 40)


def lines(title: str, series: Sequence[ChartSeries], *, highest: float, target: float, across: str) -> str:
    """Draw series over their index, counted from 1; ``target`` is a level to hold them against."""
    plot = _Plot(highest=highest, count=len(series[0].values))
    parts = plot.levels(target)
    for line in series:
        parts += plot.line(line)
    parts += plot.numbers()
    parts.append(_text(plot.left + plot.width / 2, plot.bottom + 38, across, "middle", css="quiet"))
    return _page(title, parts, series, width=plot.left + plot.width + GAP, height=plot.bottom + 52)


@dataclass(frozen=True)
class _Plot:
    """Where values are drawn: ``count`` of them across, from 0 up to ``highest``."""

    highest: float
    count: int
    left: int = 60
    width: int = 560
    height: int = 260
    bottom: int = TOP + 260

    def x(self, index: int) -> float:
        return self.left + index * self.width / (self.count - 1)

    def y(self, value: float) -> float:
        return self.bottom - value / self.highest * self.height

    def levels(self, target: float) -> list[str]:
        """Draw a line every five percent, and its number."""
        parts = []
        for level in range(0, int(self.highest) + 1, 5):
            css = "target" if level == target else "grid"
            y = self.y(level)
            parts.append(f'<path class="{css}" d="M{self.left} {y:.1f}h{self.width}"/>')
            parts.append(_text(self.left - 8, y + 4, f"{level}%", "end", css="quiet"))
        return parts

    def line(self, series: ChartSeries) -> list[str]:
        """Draw a series as a line, with its mark at each value."""
        points, marks = [], []
        for index, value in enumerate(series.values):
            x, y = self.x(index), self.y(value)
            points.append(f"{x:.1f},{y:.1f}")
            marks.append(_mark(series, x, y))
        path = " ".join(points)
        return [f'<polyline points="{path}" fill="none" stroke="{series.colour}" stroke-width="2"/>', *marks]

    def numbers(self) -> list[str]:
        """Write the first, the last and every fifth number below the axis."""
        parts = []
        for index in range(self.count):
            is_end = index in (0, self.count - 1)
            if is_end or (index + 1) % 5 == 0:
                parts.append(_text(self.x(index), self.bottom + 18, str(index + 1), "middle", css="quiet"))
        return parts


def _ticks(left: float, scale: float, highest: float, bottom: float) -> list[str]:
    parts = []
    for level in range(0, int(highest) + 1, 5):
        x = left + level * scale
        parts.append(f'<path class="{"target" if level == 5 else "grid"}" d="M{x:.1f} {TOP}V{bottom}"/>')
        parts.append(_text(x, bottom + 16, f"{level}%", "middle", css="quiet"))
    return parts


def _mark(series: ChartSeries, x: float, y: float) -> str:
    if series.mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{series.colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if series.mark == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{series.colour}"{turn}/>'


def _text(x: float, y: float, text: str, anchor: str, *, css: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'


def _page(title: str, parts: Sequence[str], legend: Sequence[ChartSeries], *, width: float, height: float) -> str:
    keys, x = [], 16.0
    for series in legend:
        keys += [_mark(series, x, 32), _text(x + 10, 36, series.name, "start")]
        x += 34 + 6.6 * len(series.name)
    body = "".join([*keys, *parts])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {max(width, x):.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<title>{escape(title)}</title><text x="16" y="18" class="title">{escape(title)}</text>{body}</svg>\n'
    )
