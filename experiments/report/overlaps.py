"""What a report says of the store's other tests that ran at the same time."""

from dataclasses import dataclass, field
from datetime import datetime

from experiments.report.estimates import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmEffect:
    """A treatment's revenue per visitor among the visitors who are in one variant of another test."""

    other_variant: str  # key of the variant there
    name: str  # as pages show it
    visitors: int  # control's and the treatment's
    lift: Range | None  # with the fixed interval


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapResult:
    """A treatment beside another test of the store: whether its effect depends on the variant there (interaction), and
    whether it keeps visitors from being in that test (displacement).

    Shares are of the visitors of both tests' common time who hadn't seen the other test before.
    """

    variant: str  # key of the treatment
    other: str  # key of the other test
    other_name: str  # as pages show it
    counted_at: datetime  # when the visitors were counted
    visitors: int  # control's and the treatment's, of the time in which both tests ran
    shared: int  # of them, those in the other test
    share_in_control: float | None  # who saw the other test later, of control's visitors
    share_in_treatment: float | None  # the same of the treatment's
    difference: Range | None  # of both shares, treatment less control
    difference_p_value: float | None  # of equal shares, corrected by Holm's method for all of these
    displaced: int | None  # visitors of the treatment who didn't see the other test because of it; None where unclear
    declined: int  # visitors of the treatment who declined its offer
    declined_share: float | None  # of them, who saw the other test later
    effects: list[ArmEffect] = field(default_factory=list)  # by variant there, where there are enough orders
    metric: str = ""  # revenue per visitor or conversion: which of them differs more between these variants
    q: float | None = None  # Cochran's Q of its effects
    df: int | None = None  # Q's degrees of freedom
    p_value: float | None = None  # of Q
    corrected_p_value: float | None = None  # Holm's over both metrics, all treatments, and all other tests
    is_interacting: bool = False  # by the corrected p-value
    is_displacing: bool = False  # by the corrected p-value of the shares
    interaction_text: str = ""  # the finding in a sentence
    displacement_text: str = ""  # the finding in a sentence
    # Whether the effect is a gain in one variant there and a loss in another, beyond chance: a strong interaction
    turns_sign: bool = False
    open_share: float | None = None  # of these visitors, who hadn't seen the other test before; None in older reports
    # Who wouldn't see the other test because of a roll-out, a month at full traffic; None where that is unclear
    displaced_per_month: float | None = None
    displaced_money: Range | None = None  # what they would gain there, in minor units a month; None where unknown
    is_money_decided: bool = False  # whether the other test has found out what its visitors gain

    @property
    def gained_per_month(self) -> float:
        """Visitors that a roll-out would bring the other test in a month."""
        return -(self.displaced_per_month or 0.0)

    @property
    def lost_money(self) -> Range | None:
        """What a roll-out changes in the other test's money a month: negative where it takes some away."""
        money = self.displaced_money
        if money is None:
            return None
        return Range(-money.estimate, negated(money.high), negated(money.low))


def negated(value: float | None) -> float | None:
    """Return the value with the other sign; ``None`` where there is none."""
    if value is None:
        return None
    return -value
