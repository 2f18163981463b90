"""Messages go out by the clock on the contact's wall, also where that clock is changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from journeys.checks.hours import SendingHours, zone_of

DAYTIME = SendingHours(9, 20, 21, 8)
EARLY = SendingHours(2, 3, 0, 0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# (hours, zone, asked, allowed), both in UTC; worked out by hand from the zones' offsets.
VECTORS = [
    # inside, at the edges, and outside
    (DAYTIME, "UTC", "2026-06-01T09:00", "2026-06-01T09:00"),
    (DAYTIME, "UTC", "2026-06-01T19:59", "2026-06-01T19:59"),
    (DAYTIME, "UTC", "2026-06-01T20:00", "2026-06-02T09:00"),
    (DAYTIME, "UTC", "2026-06-01T03:30", "2026-06-01T09:00"),
    # the contact's clock, not the store's: 23:00 UTC is 08:00 in Tokyo and 16:00 in Los Angeles in summer
    (DAYTIME, "Asia/Tokyo", "2026-06-01T23:00", "2026-06-02T00:00"),
    (DAYTIME, "America/Los_Angeles", "2026-06-01T23:00", "2026-06-01T23:00"),
    # half and three quarters of an hour beside UTC
    (DAYTIME, "Asia/Kolkata", "2026-06-01T20:00", "2026-06-02T03:30"),
    (DAYTIME, "Asia/Kathmandu", "2026-06-01T20:00", "2026-06-02T03:15"),
    # Berlin leaves out 02:00 to 03:00 on 29 March 2026: 09:00 is 07:00 UTC, no more 08:00
    (DAYTIME, "Europe/Berlin", "2026-03-28T20:00", "2026-03-29T07:00"),
    (DAYTIME, "Europe/Berlin", "2026-03-27T20:00", "2026-03-28T08:00"),
    # and has 02:00 to 03:00 twice on 25 October 2026
    (DAYTIME, "Europe/Berlin", "2026-10-24T20:00", "2026-10-25T08:00"),
    # an hour that is left out comes a day later; of one that comes twice both are allowed, and the first begins it
    (EARLY, "Europe/Berlin", "2026-03-29T00:30", "2026-03-30T00:00"),
    (EARLY, "Europe/Berlin", "2026-10-24T23:00", "2026-10-25T00:00"),
    (EARLY, "Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:10"),
    # New York: 02:00 doesn't exist on 8 March 2026
    (EARLY, "America/New_York", "2026-03-08T06:30", "2026-03-09T06:00"),
    # Lord Howe goes forward by half an hour, from 02:00 to 02:30, on 4 October 2026
    (EARLY, "Australia/Lord_Howe", "2026-10-03T15:00", "2026-10-04T15:00"),
    # quiet hours past midnight take the rest of a window
    (SendingHours(18, 24, 22, 7), "UTC", "2026-06-01T22:30", "2026-06-02T18:00"),
    (SendingHours(0, 24, 21, 8), "UTC", "2026-06-01T21:00", "2026-06-02T08:00"),
]


@pytest.mark.parametrize(("hours", "zone", "asked", "allowed"), VECTORS)
def test_next_allowed_is_the_first_allowed_instant_of_the_contacts_clock(hours, zone, asked, allowed):
    assert hours.next_allowed(at(asked), ZoneInfo(zone)) == at(allowed)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_next_allowed_is_never_a_quiet_hour_and_never_more_than_a_day_and_an_hour_away(zone):
    begin, place = at("2026-01-01T00:10"), ZoneInfo(zone)
    for hour in range(0, 24 * 365, 5):
        asked = begin + timedelta(hours=hour)
        allowed = DAYTIME.next_allowed(asked, place)
        assert allowed is not None
        assert 9 <= allowed.astimezone(place).hour < 20
        assert timedelta(0) <= allowed - asked <= timedelta(hours=14)


def test_next_allowed_without_any_hour_is_none():
    hours = SendingHours(22, 24, 21, 8)
    assert hours.next_allowed(at("2026-06-01T12:00"), ZoneInfo("UTC")) is None
    assert not hours.has_any


@pytest.mark.parametrize(
    ("name", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "Europe/Paris"), ("../x", "Europe/Paris")]
)
def test_zone_of_an_unknown_name_is_the_stores(name, zone):
    assert zone_of(name, "Europe/Paris").key == zone
