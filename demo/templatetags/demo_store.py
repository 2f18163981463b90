"""How the demo store writes prices."""

from django import template

from experiments import money

register = template.Library()


@register.filter
def price(amount_minor: int, currency: str) -> str:
    """An amount in minor units as a price: 1275 GBP -> ``£12.75``."""
    return money.text(amount_minor, currency, locale="en_GB")
