"""How expectations with a band are written."""

from django import template

from checkout_widgets.customer_figures.document import ExpectedRange, share
from experiments import formatting

register = template.Library()


@register.simple_tag
def between(band: ExpectedRange, currency: str = "") -> str:
    """Both ends of a band, in money where there is a currency: ``€120 to €180``."""
    if currency:
        return formatting.from_to(formatting.money(band.low, currency), formatting.money(band.high, currency))
    return formatting.from_to(formatting.count(band.low), formatting.count(band.high))


@register.simple_tag
def between_signed(band: ExpectedRange, currency: str) -> str:
    """Both ends of an interval of a difference of money, with their signs."""
    return formatting.from_to(formatting.signed_money(band.low, currency), formatting.signed_money(band.high, currency))


@register.simple_tag
def share_of(part: int, whole: int) -> str:
    """A part as a share of the whole."""
    return formatting.percent(share(part, whole))
