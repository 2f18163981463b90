"""What must hold of programmes: how far from the truth winners may be shown, and beliefs may be off."""

from __future__ import annotations

from typing import NamedTuple


class LuckBar(NamedTuple):
    """Bars of a programme's winners, in fractions; ``None`` where there is none.

    ``most``, ``at_first``: by how much the mean lift shown may differ from the true one, of all winners and of those of
    the first look; ``shown``: between which it must lie; ``coverage``: of the intervals.
    """

    most: float | None = None
    at_first: float | None = None
    shown: tuple[float, float] | None = None
    coverage: tuple[float, float] | None = None


class BeliefBar(NamedTuple):
    """Bars of beliefs: the coverage of intervals, and by how much a tenth may be off."""

    coverage: tuple[float, float]
    tenth: float


REAL = LuckBar(most=0.03, at_first=0.06, coverage=(0.90, 1.0))
KNOWN = LuckBar(most=0.03, at_first=0.06, coverage=(0.93, 0.97))
UNKNOWN = LuckBar(most=0.05)
# By the programme's letter and the number of past tests.
LUCK_BARS = {
    ("a", 0): UNKNOWN,
    ("a", 20): REAL,
    ("a", 100): KNOWN,
    ("b", 0): UNKNOWN,
    ("b", 20): REAL,
    ("b", 100): KNOWN,
    ("c", 0): UNKNOWN,
    ("c", 20): REAL,
    ("c", 100): KNOWN,
    ("d", 20): LuckBar(most=0.06),
    ("e", 0): LuckBar(shown=(-1.0, 0.16)),
    ("e", 20): LuckBar(shown=(-1.0, 0.08)),
    ("+30%", 20): LuckBar(shown=(0.18, 0.33)),
}
BELIEF_BARS = {20: BeliefBar((0.89, 0.98), 0.05), 100: BeliefBar((0.93, 0.97), 0.03)}
