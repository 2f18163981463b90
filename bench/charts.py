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
class Series:
    """Values of one colour, with the mark that tells it apart without colour."""

    name: str
    colour: str
    mark: Mark
    values: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """One chart of a row of charts that share their labels."""

    title: str
    series: Sequence[Series]


def dots(
    title: str, labels: Sequence[str], panels: Sequence[Panel], *, highest: float, band: tuple[float, float]
) -> str:
    """Draw a row per label and a panel per metric; ``band`` is where values ought to lie."""
    width, bottom = LEFT + len(panels) * (PANEL + GAP), TOP + ROW * len(labels)
    parts = [_text(LEFT - 10, TOP + ROW * row + 14, label, "end", css="quiet") for row, label in enumerate(labels)]
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
            parts += [
                _mark(series, left + min(value, highest) * scale, TOP + ROW * row + 10)
                for row, value in enumerate(series.values)
            ]
    return _page(title, parts, panels[0].series, width=width, height=bottom + 40)


def lines(title: str, series: Sequence[Series], *, highest: float, target: float, across: str) -> str:
    """Draw series over their index, counted from 1; ``target`` is a level to hold them against."""
    width, height, left, bottom = 560, 260, 60, TOP + 260
    count = len(series[0].values)
    across_of = [left + index * width / (count - 1) for index in range(count)]
    parts = []
    for level in range(0, int(highest) + 1, 5):
        y = bottom - level / highest * height
        parts.append(f'<path class="{"target" if level == target else "grid"}" d="M{left} {y:.1f}h{width}"/>')
        parts.append(_text(left - 8, y + 4, f"{level}%", "end", css="quiet"))
    for line in series:
        places = [(x, bottom - value / highest * height) for x, value in zip(across_of, line.values, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        parts += [_mark(line, x, y) for x, y in places]
    for index in range(count):
        if index in (0, count - 1) or (index + 1) % 5 == 0:
            parts.append(_text(across_of[index], bottom + 18, str(index + 1), "middle", css="quiet"))
    parts.append(_text(left + width / 2, bottom + 38, across, "middle", css="quiet"))
    return _page(title, parts, series, width=left + width + GAP, height=bottom + 52)


def _ticks(left: float, scale: float, highest: float, bottom: float) -> list[str]:
    parts = []
    for level in range(0, int(highest) + 1, 5):
        x = left + level * scale
        parts.append(f'<path class="{"target" if level == 5 else "grid"}" d="M{x:.1f} {TOP}V{bottom}"/>')
        parts.append(_text(x, bottom + 16, f"{level}%", "middle", css="quiet"))
    return parts


def _mark(series: Series, x: float, y: float) -> str:
    if series.mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{series.colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if series.mark == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{series.colour}"{turn}/>'


def _text(x: float, y: float, text: str, anchor: str, *, css: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'


def _page(title: str, parts: Sequence[str], legend: Sequence[Series], *, width: float, height: float) -> str:
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
