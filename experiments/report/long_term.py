"""What a report says of the months after."""

from dataclasses import dataclass
from datetime import date

from experiments.report.estimates import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermResult:
    """What a variant's customers ordered within a horizon, renewals included; money in minor units, net of refunds.

    Of customers whose horizon is over alone. Nothing is decided by it: the interval is of a single look, at 95%.
    """

    horizon_days: int  # 90, 180, or 365, from the exposure on
    variant: str  # key of the variant
    units: int  # customers whose horizon is over; visitors in the report of a store's holdout
    buyers: int  # of these, who ordered at all
    orders: int  # that count
    revenue_minor: int  # net of refunds, before any cap
    revenue_per_unit_minor: float | None  # None without customers
    known_on: date  # the first day on which anybody's horizon is over
    through: date  # the last day of exposures that are in it
    lift: Range | None = None  # of revenue per customer, as a fraction; None of control, and where it can't be told
    unavailable: str | None = None  # reason why there is no lift
