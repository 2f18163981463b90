"""What mail providers put up with, and how near a sender is. Pure.

A sender is paused where a share has reached its limit and is surely above the level at which the team is warned: one
bounce of three messages says nothing, and neither does one complaint of two hundred.
"""

from dataclasses import dataclass

from experiments.statistics.proportions.intervals import wilson
from journeys.deliverability.counts import MessageCounts
from journeys.models import SendingLimit

Z_ONE_SIDED = 1.6448536  # 95%: the share is above the lower end of the interval
FEWEST_SENT = 50  # below, no share is worth a word


@dataclass(frozen=True, slots=True)
class LimitLevels:
    """At which shares of the messages sent the team is warned, and sending is paused."""

    warning: float
    pause: float


# https://support.google.com/a/answer/81126: Gmail asks for complaints below 0.1%, and never 0.3%.
LEVELS = {
    SendingLimit.COMPLAINTS: LimitLevels(warning=0.001, pause=0.003),
    SendingLimit.OPT_OUTS: LimitLevels(warning=0.005, pause=0.02),
    SendingLimit.BOUNCES: LimitLevels(warning=0.02, pause=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitState:
    """Where a sender is with one limit: ``count`` of ``sent`` messages, and the interval's lower end."""

    limit: SendingLimit
    count: int
    sent: int

    @property
    def share(self) -> float:
        """The share of the messages sent."""
        if not self.sent:
            return 0.0
        return self.count / self.sent

    @property
    def lower(self) -> float:
        """The share that it is surely above (95%, one-sided)."""
        if not self.sent:
            return 0.0
        return wilson(self.count, self.sent, Z_ONE_SIDED)[0]

    @property
    def levels(self) -> LimitLevels:
        """The limit's levels."""
        return LEVELS[self.limit]

    @property
    def is_warning(self) -> bool:
        """Whether the team is to be told."""
        return self.sent >= FEWEST_SENT and self.count > 1 and self.share >= self.levels.warning

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to go out."""
        is_reached = self.is_warning and self.share >= self.levels.pause
        return is_reached and self.lower > self.levels.warning


def states_of(counts: MessageCounts) -> list[LimitState]:
    """Return where a sender is with each limit."""
    found = {
        SendingLimit.COMPLAINTS: counts.complained,
        SendingLimit.OPT_OUTS: counts.opted_out,
        SendingLimit.BOUNCES: counts.hard_bounced,
    }
    return [LimitState(limit=limit, count=count, sent=counts.sent) for limit, count in found.items()]
