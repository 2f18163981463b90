"""The moments playbook: what to offer at which moment, what lift to expect, how long a test usually runs.

``data/moments.csv`` is part of the product: planning figures that Offerlift's makers set down, not measurements of any
store. A store's own past tests, where there are some, say more (``moment_effects``).
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from experiments.models import Moment

SOURCE = Path(__file__).parents[1] / "data" / "moments.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookMoment:
    """A row of the playbook.

    - ``key``: its name in addresses; ``moment``, ``name``: where the offer appears, and what the idea is called.
    - ``signal``: what tells that a visitor is right for it; ``offer``: what to show.
    - ``lift_low``, ``lift_high``: the expected lifts of order value, as fractions; ``window_days``: how long after the
      exposure orders count; ``channel``: ``widget`` or ``email``.
    """

    key: str
    moment: Moment
    name: str
    signal: str
    offer: str
    lift_low: float
    lift_high: float
    window_days: int
    channel: str

    @property
    def name_text(self) -> str:
        """The name in the reader's language; the words are noted in ``moment_words``."""
        return gettext(self.name)

    @property
    def signal_text(self) -> str:
        """The signal in the reader's language."""
        return gettext(self.signal)

    @property
    def offer_text(self) -> str:
        """The offer in the reader's language."""
        return gettext(self.offer)

    @property
    def is_offer_in_name(self) -> bool:
        """Whether the name has every word of the offer, so that a page needn't say it twice."""
        return set(self.offer_text.casefold().split()) <= set(self.name_text.casefold().split())

    @property
    def lift_middle(self) -> float:
        """The middle of the expected range: what a test should be able to find."""
        return (self.lift_low + self.lift_high) / 2


# Cached for as long as the process runs: the file comes with the release.
@cache
def playbook_moments() -> tuple[PlaybookMoment, ...]:
    """Return all rows, in the playbook's order: by moment along the checkout."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return tuple(map(read, csv.DictReader(file)))


def read(row: dict[str, str]) -> PlaybookMoment:
    """Return a line of the file. Raises ``ValueError`` for a moment or number that isn't one."""
    return PlaybookMoment(
        key=f"{row['moment']}-{row['name']}".lower().replace(" ", "-").replace("_", "-"),
        moment=Moment(row["moment"]),
        name=row["name"],
        signal=row["signal"],
        offer=row["offer"],
        lift_low=float(row["lift_low"]),
        lift_high=float(row["lift_high"]),
        window_days=int(row["window_days"]),
        channel=row["channel"],
    )


def rows_of(moment: Moment) -> list[PlaybookMoment]:
    """Return the playbook's rows for a moment."""
    return [row for row in playbook_moments() if row.moment == moment]


def expected_lift(moment: Moment) -> tuple[float, float]:
    """Return the lowest and the highest lift that the playbook expects at a moment."""
    lows, highs = [], []
    for row in rows_of(moment):
        lows.append(row.lift_low)
        highs.append(row.lift_high)
    return min(lows), max(highs)
