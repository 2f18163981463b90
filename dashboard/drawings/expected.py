"""What was forecast, with its band, and what came: revenue up to each day."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from checkout_widgets.customer_figures.document import CheckPoint, ForecastCheck
from dashboard.drawings.figure import Figure, Trace, scatter
from dashboard.drawings.style import ACCENT, ACCENT_AREA, FEWEST_POINTS, NEUTRAL, empty_figure
from experiments import formatting

HEIGHT = 280


def expected_chart(check: ForecastCheck, currency: str) -> Figure | None:
    """Return the forecast that was made on an earlier day beside what came since; None before there are two points."""
    if len(check.points) < FEWEST_POINTS:
        return None
    figure = empty_figure(HEIGHT, hovermode="x unified", showlegend=True)
    figure.add_traces([band(check.points, currency), expected_line(check.points, currency)])
    # The forecast goes on for a year, what came ends with yesterday.
    came = [point for point in check.points if point.observed_minor is not None]
    figure.add_trace(observed_line(came, currency))
    figure.update_xaxes(tickformat="%b %Y", tickangle=0, showgrid=False, hoverformat="%-d %B %Y", nticks=6)
    figure.update_yaxes(tickformat=",.0f", nticks=5, rangemode="tozero")
    return figure.as_json()


def band(points: Sequence[CheckPoint], currency: str) -> Trace:
    """Return the bands as one area, up one side and down the other."""
    days, lows, highs = [], [], []
    for point in points:
        days.append(point.day.isoformat())
        lows.append(in_major(point.revenue.low, currency))
        highs.append(in_major(point.revenue.high, currency))
    return scatter(
        # xgettext:no-python-format
        name=_("95% band of the forecast"),
        x=days + days[::-1],
        y=highs + lows[::-1],
        mode="none",
        fill="toself",
        fillcolor=ACCENT_AREA,
        hoverinfo="skip",
    )


def expected_line(points: Sequence[CheckPoint], currency: str) -> Trace:
    """Return the forecast as a dashed line."""
    days, values, texts = [], [], []
    for point in points:
        days.append(point.day.isoformat())
        values.append(in_major(point.revenue.expected, currency))
        texts.append(formatting.money(point.revenue.expected, currency))
    return line(_("Forecast"), days, values, texts) | {"line": {"width": 2, "color": ACCENT, "dash": "dash"}}


def observed_line(points: Sequence[CheckPoint], currency: str) -> Trace:
    """Return what came as a line with marks."""
    days, values, texts = [], [], []
    for point in points:
        days.append(point.day.isoformat())
        values.append(in_major(point.observed_minor or 0, currency))
        texts.append(formatting.money(point.observed_minor, currency))
    came = {"mode": "lines+markers", "marker": {"size": 6}, "line": {"width": 2.5, "color": NEUTRAL}}
    return line(_("What came"), days, values, texts) | came


def line(name: str, days: list[str], values: list[float], texts: list[str]) -> Trace:
    """Return values by day as a line."""
    hover = "%{text}<extra>%{fullData.name}</extra>"
    return scatter(name=name, x=days, y=values, text=texts, mode="lines", hovertemplate=hover)


def in_major(value_minor: float, currency: str) -> float:
    """Return an amount in the currency's own units, as the axis has it."""
    return float(formatting.major(value_minor, currency))
