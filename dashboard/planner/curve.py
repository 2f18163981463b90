"""The planner's power curve: how likely a test of the planned size is to find a lift, drawn from no lift on."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.programme.planning import Design, PlannedTest

WIDTH, HEIGHT, LEFT, BOTTOM = 560.0, 200.0, 52.0, 30.0  # of the drawing, and the room for its labels


@dataclass(frozen=True)
class Curve:
    """The power curve as a line in the drawing's units, and where the planned lift is on it."""

    points: str
    x: float
    y: float
    marks: Sequence[tuple[float, float]]


def power_curve(design: Design, plan: PlannedTest) -> Curve:
    """Return the curve from no lift to twice the planned one, which is thus in the middle."""
    widest = 2 * design.relative_mde
    line = []
    for point in plan.power_curve:
        left, top = drawing_point(point.lift / widest, point.power)
        line.append(f"{left},{top}")
    x, y = drawing_point(0.5, design.power)
    return Curve(" ".join(line), x, y, marks_along(widest))


def marks_along(widest: float) -> list[tuple[float, float]]:
    """Return the places of the curve's labels from none to the widest lift, each with its lift."""
    marks = []
    for quarter in range(5):
        share = quarter / 4
        marks.append((drawing_point(share, 0)[0], share * widest))
    return marks


def drawing_point(across: float, up: float) -> tuple[float, float]:
    """Return a place in the drawing from shares of its width and height."""
    return round(LEFT + across * (WIDTH - LEFT), 1), round((1 - up) * (HEIGHT - BOTTOM), 1)
