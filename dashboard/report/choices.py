"""What the reader of a report chose, read from the page's address and written into links."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.paging import choice
from dashboard.report.scales import SCALES

LONGEST_CODE = 64  # characters, more than any metric's code has
LONGEST_NUMBER = 18  # digits that fit the database's key


@dataclass(frozen=True)
class Choices:
    """What the reader chose.

    - ``variant``: the key of the treatment to look at; empty for the page's pick.
    - ``with_cuped``: whether results are adjusted for cart value.
    - ``look``: the key of a stored look; None for the report as it is now.
    - ``scale``: how effects are told, one of ``SCALES``; empty for lifts.
    - ``metric``: the code of the metric to look at by segment and by day; empty for the goal.
    """

    variant: str = ""
    with_cuped: bool = True
    look: int | None = None
    scale: str = ""
    metric: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """Return what an address asks for; what can't be read counts as not asked for."""
        return cls(
            variant=query.get("variant", ""),
            with_cuped=query.get("cuped") != "off",
            look=number(query.get("look", "")),
            scale=choice(query, "effects", SCALES),
            metric=query.get("metric", "")[:LONGEST_CODE],
        )

    @property
    def query(self) -> str:
        """The choices as an address's query, ``?`` where there are none."""
        return self.query_with()

    def query_with(self, **more: str) -> str:
        """Return the query with more in it."""
        cuped = ""
        if not self.with_cuped:
            cuped = "off"
        # Only what differs from the defaults, so that the plain address stays the plain page.
        parameters = {
            "variant": self.variant,
            "cuped": cuped,
            "look": self.look,
            "effects": self.scale,
            "metric": self.metric,
            **more,
        }
        return "?" + urlencode({name: value for name, value in parameters.items() if value})


@dataclass(frozen=True)
class ChoiceLink:
    """A choice that the reader can make."""

    id: str
    text: str
    address: str
    is_chosen: bool


def number(text: str) -> int | None:
    """Return a key as an address names it; None where it doesn't."""
    if text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return None
