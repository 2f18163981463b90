"""How numbers are written on pages: the one place that rounds. What is missing is a dash."""

import math
from decimal import Decimal
from typing import Any, TypeGuard

from babel.numbers import format_currency, format_decimal, get_currency_symbol
from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from experiments.money import decimals
from experiments.report import MetricResult, Range, Ratio, SegmentResult, SequentialResult
from experiments.wording import counted

Compared = MetricResult | SegmentResult

register = template.Library()

MISSING = "\N{EM DASH}"
MINUS = "\N{MINUS SIGN}"
LOCALE = "en"
SMALL_AMOUNT = 1  # major units below which an average shows four decimals: cents would hide the difference
SMALL_DIGITS = 4
WHOLE_AMOUNT = 1000  # major units from which an amount shows no decimals


def is_number(value: object) -> TypeGuard[float]:
    """Whether there is a number to write: not absent (which a template passes as empty text), NaN or without bound."""
    return isinstance(value, int | float) and math.isfinite(value)


def with_sign(value: float, text: str) -> str:
    """``text`` of the absolute value with a plus or a typographic minus; none where it rounds to zero."""
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


@register.filter
def count(value: float | None) -> str:
    """A whole number with thousands separators: ``20,026``."""
    return format_decimal(round(value), locale=LOCALE) if is_number(value) else MISSING


@register.filter
def decimal(value: float | None, digits: int = 2) -> str:
    """A number with ``digits`` decimals: ``2.08``."""
    return f"{value:,.{digits}f}".replace("-", MINUS) if is_number(value) else MISSING


def major(value_minor: float, currency: str) -> Decimal:
    """Minor units as the currency's own: 421 -> 4.21 EUR, 421 JPY."""
    return Decimal(str(value_minor)).scaleb(-decimals(currency))


def written(amount: Decimal, currency: str, digits: int) -> str:
    """An amount in major units as text; a symbol of letters stands apart from the number: ``CHF 1.20``."""
    gap = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, locale=LOCALE).isalpha() else ""
    pattern = f"¤{gap}#,##0" + (f".{'0' * digits}" if digits else "")
    text: str = format_currency(abs(amount), currency, pattern, locale=LOCALE, currency_digits=False)
    return f"{MINUS}{text}" if amount < 0 else text


@register.filter
def money(value_minor: float | None, currency: str) -> str:
    """An amount in minor units as text in its currency: ``€4.21``; whole units from 1,000 on."""
    if not is_number(value_minor):
        return MISSING
    digits = decimals(currency)
    amount = round(major(value_minor, currency), digits)
    return written(amount, currency, 0 if abs(amount) >= WHOLE_AMOUNT else digits)


@register.filter
def signed_money(value_minor: float | None, currency: str) -> str:
    """A difference in minor units with its sign: ``+€0.31``."""
    return with_sign(value_minor, money(abs(value_minor), currency)) if is_number(value_minor) else MISSING


@register.filter
def percent(share: float | None) -> str:
    """A share as a percentage: ``6.31%``, ``41.2%``."""
    if not is_number(share):
        return MISSING
    return f"{100 * share:.{2 if abs(share) < 0.1 else 1}f}%".replace("-", MINUS)


@register.filter
def whole_percent(share: float | None) -> str:
    """A share in whole percent: ``74%``."""
    return f"{100 * share:,.0f}%".replace("-", MINUS) if is_number(share) else MISSING


def share(value: float) -> str:
    """A share that somebody has chosen, as short as it can be: ``25%``, ``2.5%``."""
    return f"{100 * value:.4g}%".replace("-", MINUS)


@register.filter
def lift(value: float | None) -> str:
    """A relative effect with its sign: ``+7.4%``; an interval's end without bound is infinity."""
    if value in {math.inf, -math.inf}:
        return "+∞" if value == math.inf else f"{MINUS}∞"
    if not is_number(value):
        return MISSING
    return with_sign(value, f"{100 * abs(value):,.1f}%")


def tick(value: float, digits: int) -> str:
    """A lift beside an axis: ``+10%``, ``0``."""
    return with_sign(value, f"{100 * abs(value):.{digits}f}%") if round(value, 9) else "0"


def points(value: float) -> str:
    """A difference of shares in percentage points: ``+0.10 pt``."""
    return with_sign(value, f"{100 * abs(value):.2f} pt")


def points_range(interval: Range | None) -> str:
    """An interval in percentage points: ``+0.02 pt to +0.18 pt``."""
    if interval is None:
        return MISSING
    low = f"{MINUS}∞" if interval.low is None else points(interval.low)
    return f"{low} to {'+∞' if interval.high is None else points(interval.high)}"


@register.filter
def lift_whole(value: float | None) -> str:
    """A relative effect in whole percent with its sign: ``+7%``."""
    return with_sign(value, whole_percent(abs(value))) if is_number(value) else MISSING


@register.filter
def p_value(value: float | None) -> str:
    """A p-value: ``<0.001``, ``0.023``, ``0.55``."""
    if not is_number(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


@register.filter
def weeks(days: int | None) -> str:
    """Days that are whole weeks as such: ``3 weeks``."""
    if not is_number(days):
        return MISSING
    return counted(round(days / 7), "week")


@register.filter
def extra(factor: float | None) -> str:
    """How much more a factor is than 1: ``+6.6%``; none where it isn't more."""
    return lift(factor - 1) if is_number(factor) and factor > 1 else "none"


@register.filter
def chance(value: float | None) -> str:
    """A probability that is never rounded to certainty: ``99.8%``, ``>99.9%``."""
    if not is_number(value):
        return MISSING
    if value > 0.999:
        return ">99.9%"
    if value < 0.001:
        return "<0.1%"
    return f"{100 * value:.1f}%"


@register.filter
def lift_range(interval: Range | None) -> str:
    """An interval of a lift: ``+2.6% to +12.4%``; without an end on a side, infinity stands there."""
    if interval is None:
        return MISSING
    low = -math.inf if interval.low is None else interval.low
    high = math.inf if interval.high is None else interval.high
    return f"{lift(low)} to {lift(high)}"


@register.filter
def tone(interval: Range | None) -> str:
    """``good`` or ``bad`` where an effect's interval excludes zero, empty else."""
    if interval is None:
        return ""
    if interval.low is not None and interval.low > 0:
        return "good"
    return "bad" if interval.high is not None and interval.high < 0 else ""


@register.filter
def money_range(interval: Range | None, currency: str) -> str:
    """An interval of money: ``€6,500 to €30,800``."""
    if interval is None or interval.low is None or interval.high is None:
        return MISSING
    return f"{signed_money(interval.low, currency)} to {signed_money(interval.high, currency)}"


@register.filter
def scale(result: Compared) -> float | None:
    """The value whose size says how precise all figures of a comparison are: control's, where that isn't zero."""
    return result.control.value or result.treatment.value


@register.simple_tag
def measured(value: float | None, unit: str, currency: str, like: float | None = None) -> str:
    """A metric's value in its unit, with as many decimals as ``like`` needs (by default the value itself)."""
    reference = like if is_number(like) else value
    if unit == "share":
        return percent(value)
    if not is_number(value) or not is_number(reference):
        return MISSING
    if unit == "money":
        amount, is_small = major(value, currency), abs(major(reference, currency)) < SMALL_AMOUNT
        return written(amount, currency, SMALL_DIGITS) if is_small else money(value, currency)
    return decimal(value, SMALL_DIGITS if abs(reference) < 1 else 2)


@register.simple_tag
def made_of(ratio: Ratio, unit: str, currency: str) -> str:
    """A metric's numerator and denominator: ``€84,310 / 20,026``."""
    numerator = money(ratio.numerator, currency) if unit == "money" else count(ratio.numerator)
    return f"{numerator} / {count(ratio.denominator)}"


@register.simple_tag
def signed_measured(value: float | None, unit: str, currency: str, like: float | None = None) -> str:
    """A difference in a metric's unit with its sign, as precise as ``like``; of shares in percentage points."""
    if not is_number(value):
        return MISSING
    if unit == "share":
        return points(value)
    return with_sign(value, measured(abs(value), unit, currency, like))


@register.simple_tag
def relative_bounds(result: SequentialResult) -> str:
    """The always-valid interval as fractions of control's value."""
    return f"{lift(result.relative_low)} to {lift(result.relative_high)}"


@register.simple_tag
def figure_script(figure: dict[str, Any], name: str) -> SafeString:
    """A Plotly figure as the JSON from which ``plots.js`` draws it into the element ``name``."""
    return json_script(figure, f"{name}-figure")


@register.filter
def bar_width(share: float) -> str:
    """A share as a width out of 100."""
    return f"{min(100.0, 100 * share):.1f}"


@register.filter
def add_pixels(height: float, pixels: int) -> float:
    """A height in a drawing, moved down."""
    return height + pixels


@register.filter
def pairs(mapping: dict[str, Any]) -> list[tuple[str, Any]]:
    """Keys with their values; a template's ``.items`` would be the value of a key of that name."""
    return list(mapping.items())
