"""How numbers are written on pages: the one place that rounds. What is missing is a dash."""

import math
from decimal import Decimal

from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol
from django import template

register = template.Library()

MISSING = "\N{EM DASH}"
MINUS = "\N{MINUS SIGN}"
LOCALE = "en"
SMALL_AMOUNT = 10  # major units below which an average shows four decimals
WHOLE_AMOUNT = 1000  # major units from which an amount shows no decimals


def is_missing(value: float | None) -> bool:
    """Whether there is no number to write: absent, NaN, or without bound."""
    return value is None or not math.isfinite(value)


def with_sign(value: float, text: str) -> str:
    """``text`` of the absolute value with a plus or a typographic minus; none where it rounds to zero."""
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


@register.filter
def count(value: float | None) -> str:
    """A whole number with thousands separators: ``20,026``."""
    return MISSING if is_missing(value) else format_decimal(round(value or 0), locale=LOCALE)


@register.filter
def decimal(value: float | None, digits: int = 2) -> str:
    """A number with ``digits`` decimals: ``2.08``."""
    return MISSING if is_missing(value) else f"{value:,.{digits}f}".replace("-", MINUS)


def major(value_minor: float, currency: str) -> Decimal:
    """Minor units as the currency's own: 421 -> 4.21 EUR, 421 JPY."""
    return Decimal(str(value_minor)).scaleb(-get_currency_precision(currency))


def written(amount: Decimal, currency: str, digits: int) -> str:
    """An amount in major units as text; a symbol of letters stands apart from the number: ``CHF 1.20``."""
    gap = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, locale=LOCALE).isalpha() else ""
    pattern = f"¤{gap}#,##0" + (f".{'0' * digits}" if digits else "")
    text: str = format_currency(abs(amount), currency, pattern, locale=LOCALE, currency_digits=False)
    return f"{MINUS}{text}" if amount < 0 else text


@register.filter
def money(value_minor: float | None, currency: str) -> str:
    """An amount in minor units as text in its currency: ``€4.21``; whole units from 1,000 on."""
    if value_minor is None or is_missing(value_minor):
        return MISSING
    digits = get_currency_precision(currency)
    amount = round(major(value_minor, currency), digits)
    return written(amount, currency, 0 if abs(amount) >= WHOLE_AMOUNT else digits)


@register.filter
def average_money(value_minor: float | None, currency: str) -> str:
    """An average amount in minor units; small ones with four decimals, where cents would hide the difference."""
    if value_minor is None or is_missing(value_minor):
        return MISSING
    amount = major(value_minor, currency)
    return written(amount, currency, 4) if abs(amount) < SMALL_AMOUNT else money(value_minor, currency)


@register.filter
def signed_money(value_minor: float | None, currency: str) -> str:
    """A difference in minor units with its sign: ``+€0.31``."""
    return MISSING if is_missing(value_minor) else with_sign(value_minor or 0, money(abs(value_minor or 0), currency))


@register.filter
def percent(share: float | None) -> str:
    """A share as a percentage: ``6.31%``, ``41.2%``."""
    if share is None or is_missing(share):
        return MISSING
    return f"{100 * share:.{2 if abs(share) < 0.1 else 1}f}%".replace("-", MINUS)


@register.filter
def lift(value: float | None) -> str:
    """A relative effect with its sign: ``+7.4%``; an interval's end without bound is infinity."""
    if value is not None and math.isinf(value):
        return f"{MINUS if value < 0 else '+'}∞"
    if value is None or is_missing(value):
        return MISSING
    return with_sign(value, f"{100 * abs(value):,.1f}%")


@register.filter
def p_value(value: float | None) -> str:
    """A p-value: ``<0.001``, ``0.023``, ``0.55``."""
    if value is None or is_missing(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


@register.filter
def chance(value: float | None) -> str:
    """A probability that is never rounded to certainty: ``99.8%``, ``>99.9%``."""
    if value is None or is_missing(value):
        return MISSING
    if value > 0.999:
        return ">99.9%"
    if value < 0.001:
        return "<0.1%"
    return f"{100 * value:.1f}%"
