"""What a treatment costs the store's other tests in money: the visitors that it takes, at what they gain there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

from experiments.report import OverlapResult, Range


@dataclass(frozen=True, slots=True)
class GainThere:
    """What another test found: revenue per visitor of its best treatment less control's, in minor units."""

    difference: Range
    is_decided: bool


def with_money(
    results: Sequence[OverlapResult], gains: Mapping[str, GainThere], visitors_per_month: float | None
) -> list[OverlapResult]:
    """Return the results with what a roll-out would take from the other tests in a month, of those that displace.

    ``gains``: by the other test's key; ``visitors_per_month``: of this test at full traffic, ``None`` where unknown.
    """
    found = []
    for result in results:
        if result.is_displacing and visitors_per_month is not None:
            result = with_monthly(result, gains.get(result.other), visitors_per_month)
        found.append(result)
    return found


def with_monthly(result: OverlapResult, gain: GainThere | None, visitors_per_month: float) -> OverlapResult:
    """Return a result with the visitors, and where the other test has found out what they gain, the money of a
    month."""
    shares = result.difference
    if shares is None or result.open_share is None:
        return result
    # A roll-out shows the offer to everybody; who saw the other test before can't be kept from it.
    visitors = visitors_per_month * result.open_share
    taken = replace(result, displaced_per_month=-shares.estimate * visitors)
    if gain is None:
        return taken
    money = product_of(scaled_range(shares, -visitors), gain.difference)
    return replace(taken, displaced_money=money, is_money_decided=gain.is_decided)


def scaled_range(interval: Range, factor: float) -> Range:
    """Return an interval times a negative factor."""
    low, high = None, None
    if interval.high is not None:
        low = interval.high * factor
    if interval.low is not None:
        high = interval.low * factor
    return Range(interval.estimate * factor, low, high)


def product_of(visitors: Range, gain: Range) -> Range:
    """Return visitors times what each gains, with the interval that both errors give it (delta method)."""
    estimate = visitors.estimate * gain.estimate
    widths = half_width(visitors), half_width(gain)
    if widths[0] is None or widths[1] is None:
        return Range(estimate, None, None)
    room = hypot(widths[0] * gain.estimate, widths[1] * visitors.estimate)
    return Range(estimate, estimate - room, estimate + room)


def half_width(interval: Range) -> float | None:
    """Return half the width of an interval; ``None`` of one without ends."""
    if interval.low is None or interval.high is None:
        return None
    return (interval.high - interval.low) / 2
