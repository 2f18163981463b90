"""Orders of plugins that sell in several currencies -> the shop's own currency, where the order says both.

WooCommerce has one currency; these plugins write down with an order what it was worth in the shop's:

- WooPayments: ``_wcpay_multi_currency_order_default_currency``, and how much of the order's currency one unit of that
  is (``_wcpay_multi_currency_order_exchange_rate``); or by the payment provider's rate, from the order's currency to
  the shop's (``_wcpay_multi_currency_stripe_exchange_rate``), which WooPayments' own reports prefer.
- FOX (WOOCS): ``_woocs_order_base_currency`` and ``_woocs_order_rate``, as much of the order's currency.
- CURCY: ``wmc_order_info``, by currency its ``rate``; the shop's has ``is_main``.
- Aelia: ``_base_currency_exchange_rate``, from the order's currency to the shop's, whose name the order doesn't say:
  our plugin adds it (``offerlift_base_currency``).

WPML's writes nothing, CURCY's free edition means to and doesn't, and FOX does once the thank-you page was seen. So our
plugin notes what they say at the checkout: ``_offerlift_currency_rate``, as much of the order's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from re import fullmatch
from typing import Any

CURRENCY = r"[A-Z]{3}"
MAX_RATE = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class BaseCurrency:
    """The shop's currency, and how much of it one unit of the order's currency is."""

    code: str
    rate: Decimal = Decimal(1)


def base_currency(meta: Mapping[str, Any], currency: str, named: str = "") -> BaseCurrency:
    """Return what an order's amounts are to be counted in: its own currency unless it says the shop's and the rate.

    ``named`` is the shop's currency where our plugin said it.
    """
    for read in (of_woopayments, of_fox, of_curcy):
        found = read(meta, currency)
        if found is not None and found.code != currency:
            return found
    rate = number(meta.get("_base_currency_exchange_rate")) or noted_rate(meta)
    if rate and is_code(named) and named != currency:
        return BaseCurrency(named, rate)
    return BaseCurrency(currency)


def noted_rate(meta: Mapping[str, Any]) -> Decimal | None:
    """Return how much of the shop's currency one unit of the order's is, as our plugin noted it the other way round."""
    from_base = number(meta.get("_offerlift_currency_rate"))
    if from_base is None:
        return None
    return 1 / from_base


def of_woopayments(meta: Mapping[str, Any], currency: str) -> BaseCurrency | None:
    """Return what WooPayments wrote down."""
    code = meta.get("_wcpay_multi_currency_order_default_currency")
    to_base = number(meta.get("_wcpay_multi_currency_stripe_exchange_rate"))
    from_base = number(meta.get("_wcpay_multi_currency_order_exchange_rate"))
    if to_base is None and from_base is not None:
        to_base = 1 / from_base
    return of(code, to_base)


def of_fox(meta: Mapping[str, Any], currency: str) -> BaseCurrency | None:
    """Return what FOX wrote down."""
    from_base = number(meta.get("_woocs_order_rate"))
    if from_base is None:
        return None
    return of(meta.get("_woocs_order_base_currency"), 1 / from_base)


def of_curcy(meta: Mapping[str, Any], currency: str) -> BaseCurrency | None:
    """Return what CURCY wrote down: a rate for each currency, of one unit of the main one."""
    info = meta.get("wmc_order_info")
    if not isinstance(info, Mapping):
        return None
    rate = number(entry(info, currency).get("rate"))
    for code in info:
        if str(entry(info, code).get("is_main")) == "1" and rate is not None:
            return of(code, 1 / rate)
    return None


def entry(info: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """Return what is written down of a currency."""
    found = info.get(code)
    if isinstance(found, Mapping):
        return found
    return {}


def of(code: Any, rate: Decimal | None) -> BaseCurrency | None:
    """Return the currency, where both are there and make sense."""
    if rate is None or not is_code(code):
        return None
    return BaseCurrency(code, rate)


def is_code(text: Any) -> bool:
    """Return whether this is a currency's code."""
    return isinstance(text, str) and fullmatch(CURRENCY, text) is not None


def number(value: Any) -> Decimal | None:
    """Return a rate above zero; plugins write texts or numbers."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or not 1 / MAX_RATE < found < MAX_RATE:
        return None
    return found
