"""When a message may go out by the contact's own clock: within the step's hours, and outside of quiet ones. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = 24
# The next allowed hour is within a day wherever there is any; a day that lost an hour to daylight saving adds one.
LONGEST = 2 * DAY


@dataclass(frozen=True, slots=True)
class SendingHours:
    """Hours of the day, from ``start`` and before ``end``; quiet ones may go past midnight, such as from 21 to 8.

    Equal ends of the quiet hours are none.
    """

    start: int
    end: int
    quiet_from: int
    quiet_until: int

    @property
    def has_any(self) -> bool:
        """Whether any hour of a day is allowed at all."""
        return any(self.is_allowed(hour) for hour in range(DAY))

    def is_allowed(self, hour: int) -> bool:
        """Whether a message may go out within the hour that begins so."""
        return self.start <= hour < self.end and not self.is_quiet(hour)

    def is_quiet(self, hour: int) -> bool:
        """Whether the hour is a quiet one."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def next_allowed(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return ``at`` where it is allowed, else the beginning of the next allowed hour in UTC; None without any.

        Hours are those that the clock on the wall shows: one that is left out in spring never comes, and of one that
        comes twice in autumn the first counts.
        """
        local = at.astimezone(zone)
        if self.is_allowed(local.hour):
            return at
        wall = local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
        for _ in range(LONGEST):
            wall += HOUR
            begins = wall.replace(tzinfo=zone).astimezone(UTC)
            # An hour that doesn't exist comes out as a later one. One that begins before ``at`` is the first of two.
            if begins.astimezone(zone).replace(tzinfo=None) == wall and begins > at and self.is_allowed(wall.hour):
                return begins
        return None


# A round of planning asks for thousands of customers, who live in few zones.
@lru_cache(maxsize=1_000)
def zone_of(name: str, fallback: str) -> ZoneInfo:
    """Return the time zone that a shop gave for a customer; the store's own where there is none by that name."""
    for candidate in (name, fallback):
        try:
            return ZoneInfo(candidate)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")
