"""How the demo store writes prices."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django import template

register = template.Library()
LOCALE = "en_GB"


@register.filter
def price(amount_minor: int, currency: str) -> str:
    """An amount in minor units as a price: 1275 GBP -> ``£12.75``."""
    text: str = format_currency(
        Decimal(amount_minor).scaleb(-get_currency_precision(currency)), currency, locale=LOCALE
    )
    return text
