"""Minor units <-> major units <-> text.

How many decimals a currency has is what ISO 4217 (list one, maintained by SIX) says, which is also what payment
providers and shop systems send; CLDR differs for some currencies that are used without their cents.
"""

import re
from copy import copy
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.core import get_global

NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
FOUR_DECIMALS = frozenset(["CLF", "UYW"])
# CLDR knows only of coins that are gone; in these the coins are there and shops write whole prices without them.
WRITTEN_WHOLE = frozenset(["ARS", "INR", "KES", "KZT", "NGN", "RUB", "UAH"])
CODE = re.compile("[A-Z]{3}")
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


def is_code(currency: str) -> bool:
    """Return whether it looks like an ISO 4217 code."""
    return CODE.fullmatch(currency) is not None


def decimals(currency: str) -> int:
    """Return how many decimals the currency's amounts have: 2 for EUR, 0 for JPY, 3 for KWD."""
    if currency in NO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    if currency in FOUR_DECIMALS:
        return 4
    return 2


def is_written_whole(currency: str) -> bool:
    """Return whether shops write a price without decimals where they are all zero: ``4 990 Ft``, ``Rp 99.000``.

    They do so where cash has none: the cash digits of CLDR's ``supplementalData``, which Babel brings.
    """
    fractions = get_global("currency_fractions")
    _, _, cash_digits, _ = fractions.get(currency, fractions["DEFAULT"])
    return cash_digits == 0 or currency in WRITTEN_WHOLE


def decimals_in_text(minor: int, currency: str) -> int:
    """Return how many decimals the amount is written with."""
    digits = decimals(currency)
    is_whole = minor % 10**digits == 0
    if is_whole and is_written_whole(currency):
        return 0
    return digits


def to_minor(major: Decimal, currency: str) -> int:
    """Convert an amount in major units to whole minor units, rounded half to even."""
    return int(major.scaleb(decimals(currency)).to_integral_value(ROUND_HALF_EVEN))


def to_major(minor: int, currency: str) -> Decimal:
    """Convert whole minor units to the exact amount in major units."""
    return Decimal(minor).scaleb(-decimals(currency))


def text(minor: float, currency: str, *, locale: str = "en") -> str:
    """Write an amount of minor units, rounded to a whole one, as shops write it: ``€4.52``, ``HUF 4,990``.

    A currency that is written in letters stands apart from the digits, ``KWD 1.234``, as CLDR asks for (Unicode
    Technical Standard 35, part 3, ``currencySpacing``) and Babel doesn't do.
    """
    whole_minor = round(minor)
    digits = decimals_in_text(whole_minor, currency)
    pattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    amount = to_major(whole_minor, currency)
    return LETTER_BEFORE_DIGIT.sub(
        "\N{NO-BREAK SPACE}", pattern.apply(amount, locale, currency=currency, currency_digits=False)
    )
