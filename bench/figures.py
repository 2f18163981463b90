"""What was taken several times as one figure, beside its floor, and as text: every benchmark says it in this way."""

import statistics
from collections.abc import Mapping, Sequence


def medians(taken: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median of what was taken, by name."""
    found = {}
    for name, figures in taken.items():
        found[name] = statistics.median(figures)
    return found


def medians_of_rounds(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure over the rounds, which have the same figures."""
    found = {}
    for name in rounds[0]:
        found[name] = statistics.median([figures[name] for figures in rounds])
    return found


def median_ratio(measured: Sequence[float], floors: Sequence[float]) -> float:
    """Return the median over the rounds of what a figure is beside its floor of the same round."""
    return statistics.median([figure / floor for figure, floor in zip(measured, floors, strict=True)])


def beside(taken: Mapping[str, float], floor: str, *, digits: int = 3) -> dict[str, float]:
    """Return each figure as so many times the one that is called ``floor``, rounded."""
    found = {}
    for name, figure in taken.items():
        found[name] = round(figure / taken[floor], digits)
    return found


def in_milliseconds(taken: Mapping[str, float], *, digits: int = 1) -> dict[str, float]:
    """Return seconds as milliseconds, rounded."""
    found = {}
    for name, seconds in taken.items():
        found[name] = round(seconds * 1000, digits)
    return found


def in_columns(figures: Mapping[str, float], *, width: int = 12) -> str:
    """Write each figure after its name, in columns of this width."""
    text = ""
    for name, figure in figures.items():
        text += f"{name} {figure:<{width}g}"
    return text


def as_list(lines: Sequence[str]) -> str:
    """Write lines as a list in Markdown."""
    return "\n".join([f"- {line}" for line in lines])
