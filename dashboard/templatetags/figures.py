"""How numbers are written on pages: the formatting that is shared with e-mails and reports, and what drawings need."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from msgspec.json import encode

from checkout_widgets.pair_offers import PricedOffer, price_words
from experiments import formatting, wording
from experiments.formatting import count, lift, money
from experiments.report import MetricResult, Range, Ratio, Report, SegmentResult, SequentialResult
from experiments.report.selection import first_lift

Compared = MetricResult | SegmentResult

register = template.Library()

# Within a script these could end it, or begin another element.
IN_SCRIPTS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})

FILTERS = (
    formatting.count,
    formatting.decimal,
    formatting.money,
    formatting.exact_money,
    formatting.percent,
    formatting.whole_percent,
    formatting.lift,
    formatting.lift_whole,
    formatting.p_value,
    formatting.weeks,
    formatting.seconds,
    formatting.extra,
    formatting.chance,
    formatting.lift_range,
    formatting.day_and_time,
    formatting.short_day,
)
TAGS = (formatting.measured, formatting.signed_measured)
for shared_filter in FILTERS:
    register.filter(shared_filter)
for shared_tag in TAGS:
    register.simple_tag(shared_tag)


def unbroken(text: str) -> SafeString:
    """Return the text as one piece: browsers may end a line between ``+`` and ``£``."""
    return format_html('<span class="unbroken">{}</span>', text)


@register.filter
def signed_money(value_minor: float | None, currency: str) -> SafeString:
    """Return a difference of money that stays on one line."""
    return unbroken(formatting.signed_money(value_minor, currency))


@register.filter
def money_range(interval: Range | None, currency: str) -> SafeString:
    """Return an interval of money that stays on one line."""
    return unbroken(formatting.money_range(interval, currency))


@register.filter
def number_cells(texts: Iterable[str]) -> SafeString:
    """Return the cells of a row of numbers; a loop in a template takes several times as long for them."""
    cells = [f'<td class="number">{escape(text)}</td>' for text in texts]
    return mark_safe("".join(cells))  # noqa: S308 -- escaped above


@register.filter
def tone(interval: Range | None) -> str:
    """``good`` or ``bad`` where an effect's interval excludes zero, empty else."""
    if interval is None:
        return ""
    if interval.low is not None and interval.low > 0:
        return "good"
    if interval.high is not None and interval.high < 0:
        return "bad"
    return ""


@register.filter
def scale(result: Compared) -> float | None:
    """The value whose size says how precise all figures of a comparison are: control's, where that isn't zero."""
    return result.shown.control or result.shown.treatment


@register.simple_tag
def made_of(ratio: Ratio, unit: str, currency: str) -> str:
    """A metric's numerator and denominator: ``€84,310 / 20,026``."""
    numerator = count(ratio.numerator)
    if unit == "money":
        numerator = money(ratio.numerator, currency)
    return f"{numerator} / {count(ratio.denominator)}"


@register.simple_tag
def relative_bounds(result: SequentialResult) -> str:
    """Return the always-valid interval as lifts."""
    return formatting.from_to(lift(result.relative_low), lift(result.relative_high))


@register.simple_tag
def signed_range(low: float | None, high: float | None, result: MetricResult, currency: str) -> str:
    """Return both ends of a difference in the metric's unit, as precise as the metric itself."""
    like = scale(result)
    return formatting.from_to(
        formatting.signed_measured(low, result.unit, currency, like),
        formatting.signed_measured(high, result.unit, currency, like),
    )


@register.simple_tag
def believed(result: MetricResult, currency: str) -> str:
    """Return the Bayesian estimate of an effect with its interval: ``+7.4% (+2.6% to +12.4%)``."""
    belief = result.belief
    if belief is None:
        return formatting.MISSING
    if belief.scale == "lift":
        return f"{lift(belief.mean)} ({formatting.from_to(lift(belief.low), lift(belief.high))})"
    mean = formatting.signed_measured(belief.mean, result.unit, currency, scale(result))
    return f"{mean} ({signed_range(belief.low, belief.high, result, currency)})"


@register.simple_tag
def first_reported(report: Report, result: MetricResult | None) -> str:
    """Say what an older report of a concluded test said of a metric, where that reads otherwise."""
    if result is None:
        return ""
    return wording.first_reported(first_lift(report.first_reported, result.metric, result.variant), result.shown.lift)


@register.simple_tag
def figure_script(figure: dict[str, Any], name: str) -> SafeString:
    """A Plotly figure as the JSON from which ``plots.js`` draws it into the element ``name``.

    As Django's ``json_script`` would, whose encoder takes six times as long.
    """
    content = encode(figure).decode().translate(IN_SCRIPTS)
    script = '<script id="{}-figure" type="application/json">{}</script>'
    return format_html(script, name, mark_safe(content))  # noqa: S308 -- escaped above


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


@register.filter
def offer_price(offer: PricedOffer) -> str:
    """What an offer costs: its price, or that it follows the catalog's."""
    return price_words(offer)
