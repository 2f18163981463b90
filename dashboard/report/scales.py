"""Effects told otherwise than as lifts: as differences in the metric's unit, or as what they come to in a month."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dashboard.report.effects import effect_of
from experiments import formatting
from experiments.report import MetricResult, Range

SCALES: dict[str, Promise] = {
    "": gettext_lazy("Relative"),
    "absolute": gettext_lazy("Absolute"),
    "monthly": gettext_lazy("Per month"),
}
# What is a sum over visitors, so that a month's visitors times the difference means something.
SUMMED = frozenset({"rpv", "conversion", "orders_per_visitor", "take_rate", "upsell_rpv", "margin"})


@dataclass(frozen=True)
class ScaledReading:
    """An effect as a reader sees it, in the words of its scale; ``tone`` is that of the lift."""

    interval: Range | None
    text: str
    range_text: str
    tone: str


@dataclass(frozen=True)
class EffectScale:
    """How effects are told: ``absolute``, or ``monthly`` for so many visitors a month."""

    key: str
    currency: str
    visitors_per_month: float | None

    @property
    def head(self) -> str:
        """What heads the column."""
        return str(SCALES[self.key])

    def reading_of(self, result: MetricResult) -> ScaledReading:
        """Return a metric's effect on this scale; without a number where it has none there."""
        difference, tone = result.shown.difference, effect_of(result).tone
        if self.key == "monthly":
            difference = self.monthly(result)
        if difference is None:
            return ScaledReading(None, formatting.MISSING, "", "")
        ends = formatting.from_to(self.text(difference.low, result), self.text(difference.high, result))
        return ScaledReading(difference, self.text(difference.estimate, result), ends, tone)

    def monthly(self, result: MetricResult) -> Range | None:
        """Return what the difference comes to if everybody in a month got the treatment."""
        difference = result.shown.difference
        if result.metric not in SUMMED or difference is None or self.visitors_per_month is None:
            return None
        return Range(
            difference.estimate * self.visitors_per_month,
            scaled(difference.low, self.visitors_per_month),
            scaled(difference.high, self.visitors_per_month),
        )

    def text(self, value: float | None, result: MetricResult) -> str:
        """Return a difference as text, as precise as its size allows."""
        if value is None:
            return formatting.MISSING
        if self.key == "monthly" and result.unit != "money":
            return formatting.with_sign(value, formatting.count(abs(value)))
        like = result.shown.control or result.shown.treatment
        if self.key == "monthly":
            like = value
        return formatting.signed_measured(value, result.unit, self.currency, like)


def scaled(value: float | None, by: float) -> float | None:
    """Return a value so many times; None of none."""
    if value is None:
        return None
    return value * by
