"""What became of a journey's send points, step by step over all of its versions; and of one contact's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from experiments.sql_files import read_sql
from journeys.models import Contact, Journey, SendPoint, SendVerdict

STEP_FIGURES = read_sql(__file__, "step_figures")
MOST_POINTS = 200  # of one person: years of messages
COUNTED = ["sending", "control", "sent", "delivered", "clicked", "accepted", "opted_out", "ordered", "control_ordered"]


class VerdictFigures(NamedTuple):
    """A step's send points of one verdict, its fields named as the columns of ``step_figures.sql``."""

    step_key: str
    position: int
    verdict: str
    points: int
    sent: int
    delivered: int
    clicked: int
    accepted: int
    opted_out: int
    ordered: int


class HeldBack(NamedTuple):
    """How many were held back for a reason."""

    reason: str
    points: int


@dataclass(slots=True)
class StepFigures:
    """A step's figures: ``due`` is the sum of what goes out, of control, and of what is held back for each reason.

    ``ordered`` are those to whom a message went, ``control_ordered`` those of control, within 30 days: what the
    difference is worth is the report's to say.
    """

    key: str
    position: int
    sending: int = 0
    control: int = 0
    sent: int = 0
    delivered: int = 0
    clicked: int = 0
    accepted: int = 0
    opted_out: int = 0
    ordered: int = 0
    control_ordered: int = 0
    held_back: list[HeldBack] = field(default_factory=list)

    @property
    def due(self) -> int:
        """How many came to the step."""
        return self.sending + self.control + self.held_back_total

    @property
    def held_back_total(self) -> int:
        """How many were held back, for whatever reason."""
        return sum(held.points for held in self.held_back)

    def add(self, row: VerdictFigures) -> None:
        """Add the send points of one verdict."""
        if row.verdict == SendVerdict.SEND:
            self.sending += row.points
            self.sent, self.delivered, self.clicked = row.sent, row.delivered, row.clicked
            self.accepted, self.opted_out, self.ordered = row.accepted, row.opted_out, row.ordered
        elif row.verdict == SendVerdict.CONTROL:
            self.control, self.control_ordered = row.points, row.ordered
        else:
            self.held_back.append(HeldBack(str(SendVerdict(row.verdict).label), row.points))


def journey_figures(steps: Sequence[StepFigures]) -> StepFigures:
    """Add the steps of a journey up; a customer who came to two steps counts in both, as their send points do."""
    total = StepFigures(key="", position=0)
    reasons: dict[str, int] = {}
    for step in steps:
        for name in COUNTED:
            setattr(total, name, getattr(total, name) + getattr(step, name))
        for held in step.held_back:
            reasons[held.reason] = reasons.get(held.reason, 0) + held.points
    total.held_back = [HeldBack(reason, points) for reason, points in sorted(reasons.items(), key=lambda one: -one[1])]
    return total


def step_figures(journey: Journey) -> list[StepFigures]:
    """Return the figures of each step that anybody has come to, in order: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(STEP_FIGURES, {"journey_id": journey.pk})
        rows = list(map(VerdictFigures._make, cursor.fetchall()))
    steps: dict[str, StepFigures] = {}
    for row in rows:
        figures = steps.setdefault(row.step_key, StepFigures(row.step_key, row.position))
        figures.position = min(figures.position, row.position)
        figures.add(row)
    for figures in steps.values():
        figures.held_back.sort(key=lambda held: -held.points)
    return sorted(steps.values(), key=lambda figures: figures.position)


def points_of(contact: Contact) -> Sequence[SendPoint]:
    """Return a contact's send points with what became of each, the newest first."""
    points = SendPoint.objects.filter(contact=contact).select_related(
        "step", "run__journey", "run__order", "variant", "message"
    )
    # The newest: a page about a person is read from the top, and old ones are in the export.
    return list(points.order_by("-at", "-pk")[:MOST_POINTS])
