"""Sentences and parts of sentences about results, with numbers as ``formatting`` writes them."""

import math
from collections.abc import Iterable, Sequence

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from experiments import formatting
from experiments.formatting import counted
from experiments.in_sentences import lower_first as lower_first
from experiments.in_sentences import mid_sentence
from experiments.models import Covariate
from experiments.report import Guardrail, MetricResult, Range, Unit

__all__ = [
    "change",
    "counted",
    "covariates",
    "days",
    "dependence",
    "difference",
    "effect",
    "excluded",
    "first_reported",
    "guardrail_change",
    "known_of",
    "languages_in_words",
    "lift_with_range",
    "listed",
    "lower_first",
    "margin",
    "margin_of",
]


HOURS_A_DAY = 24
DEPENDENCES = {
    "without_cuped": gettext_lazy("without the adjustment, it is %(other)s"),
    "without_cap": gettext_lazy("without the cap on order values, it is %(other)s"),
    "without_both": gettext_lazy("without adjustment and cap, it is %(other)s"),
}


def covariates(codes: Iterable[str]) -> str:
    """What adjusts results, as a list in a sentence; the cart's value where a report doesn't say."""
    names = []
    for code in codes:
        names.append(lower_first(str(Covariate(code).label)))
    return listed(names or [lower_first(str(Covariate.CART_VALUE.label))])


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def days(number: int) -> str:
    """``1 day``, ``3 days``."""
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": formatting.count(number)}


def hours(number: int) -> str:
    """``5 hours``; from a day on in days: ``2 days``."""
    if number < HOURS_A_DAY:
        return ngettext("%(count)s hour", "%(count)s hours", number) % {"count": number}
    return days(round(number / HOURS_A_DAY))


def change(value: float, *, is_in_points: bool) -> str:
    """A lift, or a difference of shares."""
    if is_in_points:
        return formatting.points(value)
    return formatting.lift(value)


def margin(value: float, *, is_in_points: bool) -> str:
    """A guardrail's margin as somebody chose it: ``+1 pt``, or 2% with a real minus."""
    if is_in_points:
        return formatting.chosen_points(value)
    return formatting.chosen_lift(value)


def margin_of(guardrail: Guardrail, currency: str) -> str:
    """The margin of a guardrail in a report: a change that was chosen, or that times control's value."""
    if guardrail.is_readable_in_unit:
        return difference(guardrail.limit, guardrail.unit, currency)
    return margin(guardrail.margin, is_in_points=guardrail.is_in_points)


def difference(value: float, unit: Unit, currency: str) -> str:
    """A difference in a metric's unit: ``+€0.31``, ``+0.10 pt``, ``+0.04``."""
    if unit == "money":
        return formatting.signed_money(value, currency)
    if unit == "share":
        return formatting.points(value)
    return formatting.with_sign(value, formatting.decimal(abs(value)))


def guardrail_change(value: float, guardrail: Guardrail, currency: str) -> str:
    """A change on the scale that a guardrail is judged on."""
    if guardrail.is_readable_in_unit:
        return difference(value, guardrail.unit, currency)
    return change(value, is_in_points=guardrail.is_in_points)


def written_end(end: float | None, guardrail: Guardrail, currency: str, *, unbounded: float) -> str:
    """An end of a guardrail's interval, infinity where it has none."""
    if end is None:
        return formatting.lift(unbounded)
    return guardrail_change(end, guardrail, currency)


def lift_with_range(lift: Range) -> str:
    """A lift with its interval: ``+7.4% (+2.6% to +12.4%)``."""
    return f"{formatting.lift(lift.estimate)} ({formatting.lift_range(lift)})"


def effect(name: str, result: MetricResult, currency: str) -> str:
    """A sentence on a treatment's clear effect on a metric: ``B earns €0.31 more per visitor (+7.4%).``

    ``name`` is ``It`` after a sentence that names the treatment.
    """
    size = 0.0
    if result.shown.difference is not None:
        size = result.shown.difference.estimate
    return f"{effect_without_lift(name, result, size, currency)}{lift_in_brackets(result)}."


def lift_in_brackets(result: MetricResult) -> str:
    """`` (+7.4%)``; empty where the lift isn't known."""
    if result.shown.lift is None:
        return ""
    return f" ({formatting.lift(result.shown.lift.estimate)})"


def effect_without_lift(name: str, result: MetricResult, size: float, currency: str) -> str:
    """The sentence without its end: ``B earns €0.31 more per visitor``, ``B: conversion is lower``."""
    if result.metric == "rpv":
        return earning(name, size, currency)
    metric = result.label
    if name != "It":
        metric = f"{name}: {mid_sentence(result.label)}"
    if size > 0:
        return _("%(metric)s is higher") % {"metric": metric}
    return _("%(metric)s is lower") % {"metric": metric}


def earning(name: str, size_minor: float, currency: str) -> str:
    """``B earns €0.31 more per visitor``; without an amount where that would be zero."""
    parts = {"name": name, "amount": formatting.money(abs(size_minor), currency)}
    if name == "It":
        parts["name"] = _("It")
    if abs(size_minor) < 1 and size_minor > 0:
        return _("%(name)s earns more per visitor") % parts
    if abs(size_minor) < 1:
        return _("%(name)s earns less per visitor") % parts
    if size_minor > 0:
        return _("%(name)s earns %(amount)s more per visitor") % parts
    return _("%(name)s earns %(amount)s less per visitor") % parts


def first_reported(then: float | None, now: Range | None) -> str:
    """What an older report said of a lift: ``First reported as +42.9%``; empty where it said nothing else."""
    if then is None or now is None or formatting.lift(then) == formatting.lift(now.estimate):
        return ""
    return _("First reported as %(lift)s") % {"lift": formatting.lift(then)}


def dependence(result: MetricResult) -> str:
    """What another way of estimating says, where it contradicts: ``without the cap on order values, it is -1.2%``."""
    found = result.disagreement
    if found is None:
        return ""
    other = change(found.lift, is_in_points=result.is_in_points)
    return str(DEPENDENCES[found.way]) % {"other": other}


def known_of(guardrail: Guardrail, currency: str) -> str:
    """What is known of a guardrail: ``Conversion between -5.8% and +4.9%; a loss above 5.8% is excluded.``"""
    interval = guardrail.readable
    if interval is None or interval.low is interval.high is None:
        return _("%(metric)s isn't known well enough yet.") % {"metric": guardrail.label}
    values = {
        "metric": guardrail.label,
        "low": written_end(interval.low, guardrail, currency, unbounded=-math.inf),
        "high": written_end(interval.high, guardrail, currency, unbounded=math.inf),
        "excluded": excluded(guardrail, currency),
    }
    return _("%(metric)s between %(low)s and %(high)s; %(excluded)s.") % values


def excluded(guardrail: Guardrail, currency: str) -> str:
    """What harm can be ruled out: ``a loss above 5.8% is excluded``; of a wide interval it says so."""
    end = guardrail.harmful_end
    nothing, everything = _("no loss is excluded"), _("a loss is excluded")
    above = _("a loss above %(size)s is excluded")
    if guardrail.is_lower_better:
        nothing, everything = _("no rise is excluded"), _("a rise is excluded")
        above = _("a rise above %(size)s is excluded")
        end = negated(end)
    if end is None or is_total_loss(guardrail, end):
        return nothing
    if end >= 0:
        return everything
    return above % {"size": size_of_change(guardrail, end, currency)}


def is_total_loss(guardrail: Guardrail, end: float) -> bool:
    """Whether the end of a lift's interval excludes nothing: below -100% there is none."""
    return end <= -1 and not guardrail.is_in_points and not guardrail.is_readable_in_unit


def size_of_change(guardrail: Guardrail, end: float, currency: str) -> str:
    """How large a change is, whatever its sign, on the scale that a guardrail is judged on."""
    if guardrail.is_in_points:
        return formatting.size_in_points(end)
    if guardrail.is_readable_in_unit:
        return difference(abs(end), guardrail.unit, currency).removeprefix("+")
    return formatting.lift_size(end)


def negated(value: float | None) -> float | None:
    """The value turned round; none stays none."""
    if value is None:
        return None
    return -value


def languages_in_words(tags: Iterable[str]) -> str:
    """Return the names of languages, in the reader's: ``German and French`` for ``de`` and ``fr``."""
    reader = Locale.parse(get_language() or "en", sep="-")
    names = []
    for tag in sorted(tags):
        try:
            names.append(Locale.parse(tag, sep="-").get_display_name(reader) or tag)
        except (UnknownLocaleError, ValueError):  # a tag that only the store knows
            names.append(tag)
    return listed(names)
