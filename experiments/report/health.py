"""What a report says about the data: whether it can be trusted."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatioCheck:
    """Whether the variants got the visitors that their weights promise.

    ``is_plan_known`` says that the weights are what was planned, and not only a guess.
    """

    p_value: float | None
    always_valid_p_value: float | None
    is_alarming: bool
    unavailable: str | None
    is_plan_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRatioCheck:
    """The same within one value of a dimension (``moment``, ``device``, ``country``, ``customer_type``): visitors by
    variant key, and p-values by Holm over all of these checks; alarming below the same level as the whole."""

    dimension: str
    value: str
    visitors: dict[str, int]
    p_value: float | None
    corrected_p_value: float | None
    always_valid_p_value: float | None
    is_alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDay:
    """The store's orders of a day, and those of them without a known visitor."""

    day: date
    orders: int
    unmatched: int

    @property
    def unmatched_share(self) -> float | None:
        """Share of the orders without a known visitor."""
        if not self.orders:
            return None
        return self.unmatched / self.orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the data can be trusted. Shares are ``None`` where there is nothing to take a share of.

    - ``sample_ratio`` is of all visitors, ``segment_ratios`` of those of a moment, device, country, customer type.
    - ``conflicting_share``: visitors seen in more than one variant; they count in the one seen first.
    - ``immature_share``: visitors whose attribution window is still open.
    - ``skipped_shares``, ``error_shares``: per variant, visitors with a ``skipped`` (or ``error``) event among those
      exposed or skipped (or failed).
    - ``unmatched_order_share``: orders during the test without a known visitor; ``order_days`` has them by day.
    - ``unknown_margin``: visitors who bought something whose cost is unknown.
    - ``crawlers``: how often crawlers asked about the moment during the test; they are never part of it.
    - ``automated``: visits of programs that drive a browser; left out of everything unless ``is_automation_counted``.
    - ``unpaid_left_out_since``: the store's day from which on unpaid orders don't count, where the test began before:
      reports taken until then hold them. ``None`` where they never counted.
    - ``trigger_changed_on``: the UTC day from which on exposures are counted by another trigger than before, in every
      variant alike; ``None`` where all are counted by one.
    - ``gap_days``: UTC days without an exposure though the test ran and the days around them had traffic; ``gap_share``
      of the test's days. ``silent_days``: whole days of a running test since its last exposure.
    """

    sample_ratio: SampleRatioCheck
    conflicting: int
    conflicting_share: float | None
    immature: int
    immature_share: float | None
    skipped_shares: dict[str, float]
    unmatched_order_share: float | None
    unknown_margin: int = 0
    order_days: list[OrderDay] = field(default_factory=list)
    segment_ratios: list[SegmentRatioCheck] = field(default_factory=list)
    error_shares: dict[str, float] = field(default_factory=dict)
    crawlers: int = 0
    automated: int = 0
    is_automation_counted: bool = False
    gap_days: list[date] = field(default_factory=list)
    gap_share: float | None = None
    silent_days: int = 0
    unpaid_left_out_since: date | None = None
    trigger_changed_on: date | None = None

    @property
    def last_order_days(self) -> list[OrderDay]:
        """The last week of ``order_days``."""
        return self.order_days[-7:]
