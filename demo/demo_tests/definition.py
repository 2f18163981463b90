"""What a test of the demo is made of."""

from typing import Any, NamedTuple


class Traffic(NamedTuple):
    """Simulated visitors over the last ``days``, and what the treatment does to them.

    ``planned_days``: what was planned, where that isn't ``days``. ``new_days``: on the first of them conversion rises
    by ``new_lift`` as well, as with an offer that people try because it is new. ``lost``: the share of the treatment's
    visitors of whom nothing arrives, as where a script fails. ``shared_with``: the key of a test whose visitors come by
    here later in their visit; ``displaced``: the share of those in its treatment who don't, since they declined an
    offer there. ``refund_share``: of orders that are paid back within so many ``refund_weeks``. ``second_take_rate``:
    how many of those who take the first offer of a sequence take the second.
    """

    visitors: int
    aov_lift: float
    conversion_lift: float
    seed: int
    days: int = 16
    planned_days: int = 0
    new_days: int = 0
    new_lift: float = 0.0
    lost: float = 0.0
    shared_with: str = ""
    displaced: float = 0.0
    refund_share: float = 0.04
    refund_weeks: int = 1
    second_take_rate: float = 0.0


class DemoSequence(NamedTuple):
    """One more treatment of a test: its first offer, and after a yes another one."""

    treatment: dict[str, Any]
    offer: dict[str, Any]
    items: dict[str, int]
    widget: dict[str, Any]
    tiers: dict[int, int] = {}


class DemoTest(NamedTuple):
    """An experiment with one treatment, and a ``sequence`` beside it where it has one.

    An offer's price is for ``items``, which map stock codes to quantities.

    ``tiers`` are prices by quantity. A test of the past ended ``ended_days_ago``, with what was ``concluded``; one to
    come begins in ``starts_in_days``.
    """

    experiment: dict[str, Any]
    treatment: dict[str, Any]
    offer: dict[str, Any]
    items: dict[str, int]
    widget: dict[str, Any]
    tiers: dict[int, int] = {}
    traffic: Traffic | None = None
    ended_days_ago: int = 0
    concluded: dict[str, Any] = {}
    starts_in_days: int | None = None
    sequence: DemoSequence | None = None
