"""What a report says about the data: whether it can be trusted."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatioCheck:
    """Whether the variants got the visitors that their weights promise."""

    p_value: float | None  # chi-square, for a single look
    always_valid_p_value: float | None  # may be read at any time
    is_alarming: bool  # whether the split is broken, by the corrected p-value: results can't be trusted
    unavailable: str | None  # reason why there is no p-value
    is_plan_known: bool = False  # whether the weights are what was planned, and not only a guess
    # Of the always-valid test, and from the planned end on of the chi-square there, for two tests
    corrected_p_value: float | None = None

    @property
    def alarm_p_value(self) -> float | None:
        """What the alarm goes by; in reports that were stored before, the chi-square's."""
        if self.corrected_p_value is None:
            return self.p_value
        return self.corrected_p_value


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRatioCheck:
    """The same within one value of a dimension: a widget that fails on phones alone hardly shows in the whole."""

    dimension: str  # ``device``, ``country`` or ``customer_type``
    value: str  # such as ``phone``
    visitors: dict[str, int]  # by variant key
    p_value: float | None  # chi-square, as if it were the only check
    corrected_p_value: float | None  # as of the whole test, and Holm's over all of these checks
    always_valid_p_value: float | None  # may be read at any time; not corrected
    is_alarming: bool  # by the corrected p-value, at the level of the whole test's check


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceCheck:
    """Whether a treatment's visitors were like control's before they could see the offer."""

    variant: str  # key of the treatment
    covariate: str  # what is compared: ``cart_value``, in minor units and under the test's cap
    control: float | None  # its mean over control's visitors
    treatment: float | None
    corrected_p_value: float | None  # always-valid, for all treatments; None with too few visitors
    is_alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDay:
    """The store's orders of a day, whoever placed them."""

    day: date  # the store's
    orders: int  # that count
    unmatched: int  # those of them without a known visitor

    @property
    def unmatched_share(self) -> float | None:
        """Share of the orders without a known visitor."""
        if not self.orders:
            return None
        return self.unmatched / self.orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the data can be trusted. Shares are fractions, ``None`` where there is nothing to take a share of."""

    sample_ratio: SampleRatioCheck  # of all visitors
    conflicting: int  # visitors seen in more than one variant; they count in the one seen first
    conflicting_share: float | None  # of all visitors
    immature: int  # visitors whose attribution window is still open
    immature_share: float | None  # of all visitors
    skipped_shares: dict[str, float]  # by variant key: visitors who were skipped, of those exposed or skipped
    unmatched_order_share: float | None  # of the store's orders during the test: those without a known visitor
    unknown_margin: int = 0  # visitors who bought something whose cost is unknown
    order_days: list[OrderDay] = field(default_factory=list)  # the store's orders during the test; only days with any
    segment_ratios: list[SegmentRatioCheck] = field(default_factory=list)  # of the values with enough visitors
    # By variant key: visitors with an error, of those exposed
    error_shares: dict[str, float] = field(default_factory=dict)
    crawlers: int = 0  # how often crawlers asked about the moment during the test; they are never part of it
    automated: int = 0  # visitors whose browser a program drove
    is_automation_counted: bool = False  # whether those count; else they are left out of everything
    # Days without an exposure although the test ran and the days around them had traffic
    gap_days: list[date] = field(default_factory=list)
    gap_share: float | None = None  # of the test's days
    silent_days: int = 0  # whole days of a running test since its last exposure
    # The store's day from which on unpaid orders don't count; None where the test began later or they never counted
    unpaid_left_out_since: date | None = None
    # Day from which on another trigger counts exposures, in every variant alike; None with one trigger
    trigger_changed_on: date | None = None
    balance: list[BalanceCheck] = field(default_factory=list)  # of every treatment, where cart values are known

    @property
    def last_order_days(self) -> list[OrderDay]:
        """The last week of ``order_days``."""
        return self.order_days[-7:]
