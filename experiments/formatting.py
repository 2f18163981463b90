"""Numbers and money as people read them: on pages, in headlines, rules, e-mails and the audit trail.

The one place that rounds. What is missing is a dash. Prices for shoppers are written in the shopper's language by
``money.text``.
"""

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TypeGuard

from babel.numbers import get_currency_symbol
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from experiments import money as amounts
from experiments.money import decimals
from experiments.report import Range

MISSING = "\N{EM DASH}"
MINUS = "\N{MINUS SIGN}"
LOCALE = "en"
SMALL_AMOUNT = 1  # major units below which an average shows four decimals: cents would hide the difference
SMALL_DIGITS = 4
WHOLE_AMOUNT = 1000  # major units from which an amount shows no decimals
SMALL_SHARE = 0.1  # below which a share shows two decimals
NUMBERS = (int, float)  # a union would be made anew by each of a report's 3,000 questions
NOT_ZERO = re.compile("[1-9]")
# Marks of thousands and decimals, where a language writes them otherwise than English, which needs no change.
MARKS = {"de": str.maketrans(",.", ".,")}
SPACED_SIGN = "\N{NO-BREAK SPACE}%"
NEARLY_CERTAIN = 0.999  # a chance above is never written as 100%, one as far below never as 0%


def is_number(value: object) -> TypeGuard[float]:
    """Whether there is a number to write: not absent (which a template passes as empty text), NaN or without bound."""
    return isinstance(value, NUMBERS) and math.isfinite(value)


def real_minus(text: str) -> str:
    """The text with a typographic minus instead of a hyphen."""
    return text.replace("-", MINUS)


def with_sign(value: float, text: str) -> str:
    """``text`` of the absolute value with a plus or a minus; with none where it rounds to zero."""
    if NOT_ZERO.search(text) is None:
        return text
    if value < 0:
        return f"{MINUS}{text}"
    return f"+{text}"


def in_language(text: str) -> str:
    """The text of a number with the marks of the reader's language: ``1,234.5``, in German ``1.234,5``."""
    marks = MARKS.get((get_language() or LOCALE)[:2])
    if marks is None:
        return text
    return text.translate(marks)


def in_percent(text: str) -> str:
    """The text of a number with its percent sign, which stands apart where the marks are other ones: ``7,4 %``."""
    if (get_language() or LOCALE)[:2] in MARKS:
        return f"{in_language(text)}{SPACED_SIGN}"
    return f"{text}%"


def count(value: float | None) -> str:
    """A whole number with thousands separators: ``20,026``."""
    if not is_number(value):
        return MISSING
    return in_language(f"{round(value):,}")


def decimal(value: float | None, digits: int = 2) -> str:
    """A number with ``digits`` decimals: ``2.08``."""
    if not is_number(value):
        return MISSING
    return real_minus(in_language(f"{value:,.{digits}f}"))


def major(value_minor: float, currency: str) -> Decimal:
    """Minor units as the currency's own: 421 -> 4.21 EUR, 421 JPY."""
    return Decimal(str(value_minor)).scaleb(-decimals(currency))


@cache  # a report has hundreds of amounts, in one of a few dozen currencies
def symbol_before(currency: str) -> str:
    """Return what stands before an amount; a symbol of letters stands apart from the number: ``CHF 1.20``."""
    symbol: str = get_currency_symbol(currency, locale=LOCALE)
    if symbol.isalpha():
        return f"{symbol}\N{NO-BREAK SPACE}"
    return symbol


def written(amount: Decimal, currency: str, digits: int) -> str:
    """An amount in major units as text: ``€4.21``, in German ``4,21 €``.

    Babel's ``format_currency`` writes the same, but reads its pattern anew for each amount, which takes much longer.
    """
    number = f"{abs(amount):,.{digits}f}"
    symbol = symbol_before(currency)
    if (get_language() or LOCALE)[:2] in MARKS:
        text = f"{in_language(number)}\N{NO-BREAK SPACE}{symbol.rstrip()}"
    else:
        text = f"{symbol}{number}"
    if amount < 0:
        return f"{MINUS}{text}"
    return text


def money(value_minor: float | None, currency: str) -> str:
    """An amount in minor units as text in its currency: ``€4.21``; whole units from 1,000 on."""
    if not is_number(value_minor):
        return MISSING
    digits = decimals(currency)
    amount = round(major(value_minor, currency), digits)
    if abs(amount) >= WHOLE_AMOUNT:
        digits = 0
    return written(amount, currency, digits)


def exact_money(value_minor: int | None, currency: str) -> str:
    """An amount in minor units to the last one, where amounts have to add up: ``€1,824.50``."""
    if not is_number(value_minor):
        return MISSING
    return written(major(value_minor, currency), currency, decimals(currency))


def price(value_minor: float, currency: str) -> str:
    """An amount in minor units as shops write prices, in the reader's language: ``€4.52``, in German ``4,52 €``."""
    language = (get_language() or LOCALE)[:2]
    if language not in MARKS:
        language = LOCALE
    return amounts.text(value_minor, currency, locale=language)


def signed_money(value_minor: float | None, currency: str) -> str:
    """A difference in minor units with its sign: ``+€0.31``."""
    if not is_number(value_minor):
        return MISSING
    return with_sign(value_minor, money(abs(value_minor), currency))


def money_range(interval: Range | None, currency: str) -> str:
    """An interval of money: ``+€6,500 to +€30,800``."""
    if interval is None or interval.low is None or interval.high is None:
        return MISSING
    return from_to(signed_money(interval.low, currency), signed_money(interval.high, currency))


def percent(share: float | None) -> str:
    """A measured share as a percentage: ``6.31%``, ``41.2%``."""
    if not is_number(share):
        return MISSING
    digits = 1
    if abs(share) < SMALL_SHARE:
        digits = 2
    return real_minus(in_percent(f"{100 * share:.{digits}f}"))


def whole_percent(share: float | None) -> str:
    """A share in whole percent: ``74%``."""
    if not is_number(share):
        return MISSING
    return real_minus(in_percent(f"{100 * share:,.0f}"))


def chosen_percent(share: float) -> str:
    """A share that somebody has chosen, as short as it can be: ``25%``, ``2.5%``."""
    return real_minus(in_percent(f"{100 * share:.4g}"))


def chosen_lift(share: float) -> str:
    """A relative change that somebody has chosen, with its sign: ``+5%``, ``0%``, and 2% with a real minus."""
    return with_sign(share, chosen_percent(abs(share)))


def chosen_points(share: float) -> str:
    """A difference of shares that somebody has chosen: ``+1 pt``."""
    return real_minus(_("%(number)s pt") % {"number": in_language(f"{100 * share:+.4g}")})


def lift(value: float | None) -> str:
    """A relative effect with its sign: ``+7.4%``; an interval's end without bound is infinity."""
    if is_number(value):
        return with_sign(value, in_percent(f"{100 * abs(value):,.1f}"))
    if value == math.inf:
        return "+∞"
    if value == -math.inf:
        return f"{MINUS}∞"
    return MISSING


def lift_size(value: float) -> str:
    """The size of a relative effect, whatever its sign: ``7.4%``."""
    return in_percent(f"{100 * abs(value):,.1f}")


def lift_whole(value: float | None) -> str:
    """A relative effect in whole percent with its sign: ``+7%``."""
    if not is_number(value):
        return MISSING
    return with_sign(value, whole_percent(abs(value)))


def lift_range(interval: Range | None) -> str:
    """An interval of a lift: ``+2.6% to +12.4%``; without an end on a side, infinity stands there."""
    if interval is None:
        return MISSING
    return lift_ends(interval.low, interval.high)


def lift_ends(low: float | None, high: float | None) -> str:
    """Both ends of a lift's interval, either of which may be missing: ``+2.6% to +∞``."""
    if low is None:
        low = -math.inf
    if high is None:
        high = math.inf
    return from_to(lift(low), lift(high))


def from_to(low: str, high: str) -> str:
    """Write a range: ``+2.6% to +12.4%``."""
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def tick(value: float, digits: int) -> str:
    """A lift beside an axis: ``+10%``, ``0``."""
    if not round(value, 9):
        return "0"
    return with_sign(value, in_percent(f"{100 * abs(value):.{digits}f}"))


def points(value: float) -> str:
    """A difference of shares in percentage points: ``+0.10 pt``."""
    return with_sign(value, _("%(number)s pt") % {"number": in_language(f"{100 * abs(value):.2f}")})


def size_in_points(value: float) -> str:
    """The size of a difference of shares, whatever its sign: ``0.80 pt``."""
    return _("%(number)s pt") % {"number": in_language(f"{100 * abs(value):.2f}")}


def points_range(interval: Range | None) -> str:
    """An interval in percentage points: ``+0.02 pt to +0.18 pt``."""
    if interval is None:
        return MISSING
    low, high = f"{MINUS}∞", "+∞"
    if interval.low is not None:
        low = points(interval.low)
    if interval.high is not None:
        high = points(interval.high)
    return from_to(low, high)


def date_and_time(at: datetime) -> str:
    """A moment in UTC: ``27 November 2026, 09:30 UTC``."""
    return f"{day_and_time(at.astimezone(UTC))} UTC"


def day_and_time(at: datetime | None) -> str:
    """A moment by the clock it has: ``27 November 2026, 09:30``, in German ``27. November 2026, 09:30``."""
    return dated(at, "j F Y, H:i")


def short_day(day: date | None) -> str:
    """A day of a year that is clear: ``27 Nov``, in German ``27. Nov.``."""
    return dated(day, "j M")


def dated(day: date | None, pattern: str) -> str:
    """A day in a pattern of Django's that begins with its number; for what the named formats don't have."""
    if day is None:
        return ""
    if (get_language() or LOCALE)[:2] in MARKS:
        pattern = pattern.replace("j ", "j. ", 1)
    return date_format(day, pattern)


def p_value(value: float | None) -> str:
    """A p-value: ``<0.001``, ``0.023``, ``0.55``."""
    if not is_number(value):
        return MISSING
    if value < 0.001:
        return in_language("<0.001")
    if value < 0.1:
        return in_language(f"{value:.3f}")
    return in_language(f"{value:.2f}")


def chance(value: float | None) -> str:
    """A probability that is never rounded to certainty: ``99.8%``, ``>99.9%``."""
    if not is_number(value):
        return MISSING
    if value > NEARLY_CERTAIN:
        return f">{in_percent('99.9')}"
    if value < 1 - NEARLY_CERTAIN:
        return f"<{in_percent('0.1')}"
    return in_percent(f"{100 * value:.1f}")


def weeks(days: int | None) -> str:
    """Days that are whole weeks as such: ``3 weeks``."""
    if not is_number(days):
        return MISSING
    number = round(days / 7)
    return ngettext("%(count)s week", "%(count)s weeks", number) % {"count": count(number)}


def seconds(value: float | None) -> str:
    """A short time: ``4.2 s``."""
    if not is_number(value):
        return MISSING
    return f"{decimal(value, 1)}\N{NO-BREAK SPACE}s"


def extra(factor: float | None) -> str:
    """How much more a factor is than 1: ``+6.6%``; ``none`` where it isn't more."""
    if not is_number(factor) or factor <= 1:
        return _("none")
    return lift(factor - 1)


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 order``, ``2 orders``."""
    if number == 1:
        return f"1 {noun}"
    return f"{count(number)} {noun}s"


def measured(value: float | None, unit: str, currency: str, like: float | None = None) -> str:
    """A metric's value in its unit, with as many decimals as ``like`` needs (by default the value itself)."""
    reference = value
    if is_number(like):
        reference = like
    if unit == "share":
        return percent(value)
    if not is_number(value) or not is_number(reference):
        return MISSING
    if unit == "money":
        if abs(reference) >= SMALL_AMOUNT * 10 ** decimals(currency):
            return money(value, currency)
        return written(major(value, currency), currency, SMALL_DIGITS)
    if abs(reference) < 1:
        return decimal(value, SMALL_DIGITS)
    return decimal(value)


def signed_measured(value: float | None, unit: str, currency: str, like: float | None = None) -> str:
    """A difference in a metric's unit with its sign, as precise as ``like``; of shares in percentage points."""
    if not is_number(value):
        return MISSING
    if unit == "share":
        return points(value)
    return with_sign(value, measured(abs(value), unit, currency, like))
