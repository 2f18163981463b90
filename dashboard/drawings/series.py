"""The report's chart of the lift by day. Built here with Plotly's terms, drawn by ``static/dashboard/plots.js``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.drawings.annotation_marks import mark_annotations
from dashboard.drawings.axis import BEYOND, known_ends, span
from dashboard.drawings.figure import Drawing, Figure, Trace, scatter
from dashboard.drawings.style import (
    ACCENT,
    ACCENT_AREA,
    BAD,
    FEWEST_POINTS,
    GOOD,
    NEUTRAL,
    NEUTRAL_AREA,
    WARN,
    empty_figure,
)
from experiments import formatting
from experiments.report import Change, Look, MetricView, Plan, Range, Report, SeriesPoint
from experiments.report.selection import of_variant

OPEN_END = 2 * BEYOND  # where an interval without bound is drawn to: beyond every axis, margin included
LIFT_MARGIN = 0.1  # of the axis, left free above and below
LOOK_SYMBOLS = {True: "circle", False: "circle-open"}  # by whether the look crossed its bound


@dataclass(frozen=True)
class LiftPoint:
    """A day on which there is an effect, a lift or of a metric in points a difference, to be drawn.

    ``always_valid``: its interval that may be read at any time; None where that isn't drawn.
    """

    day: str
    lift: Range
    text: str
    always_valid: Range | None = None


def series_chart(report: Report, view: MetricView, variant: str) -> Figure | None:
    """Return a metric's cumulative effect by day with its 95% interval, and what was changed; of the goal also the
    looks with their bounds, of any other metric the always-valid interval. None before there are two days with an
    effect."""
    points = list(lift_points(view, variant))
    if len(points) < FEWEST_POINTS:
        return None
    # Looks and bounds are the goal's.
    looks: Sequence[Look] = []
    if view.metric == report.goal_metric:
        looks = of_variant(report.plan.looks, variant)
    limits: list[Limit] = []
    if view.metric == report.goal_metric:
        limits = list(look_limits(report.plan, looks, variant))
    figure = empty_figure(320, hovermode="x unified", showlegend=True)
    figure.add_traces([interval_band(points), lift_line(points), *limit_lines(limits)])
    if limits:
        figure.add_trace(look_marks(looks))
    else:
        figure.add_traces(list(always_valid_lines(points)))
    for change in view.series.changes:
        mark_change(figure, change)
    mark_annotations(figure, view.series.annotations)
    figure.add_hline(y=0, line={"width": 1, "color": NEUTRAL})
    figure.update_xaxes(tickformat="%-d %b", tickangle=0, showgrid=False, hoverformat="%-d %B")
    figure.update_yaxes(tickformat="+.0%", nticks=6, range=lift_span(points, limits, looks))
    return figure.as_json()


def lift_points(view: MetricView, variant: str) -> Iterator[LiftPoint]:
    """Yield the treatment's days with an effect, as the metric is read."""
    for point in of_variant(view.series.points, variant):
        effect, always_valid = point.lift, point.sequential
        if view.is_in_points:
            effect, always_valid = point.difference, point.sequential_difference
        if effect:
            yield LiftPoint(point.day.isoformat(), effect, visitors_text(point), always_valid)


def always_valid_lines(points: Sequence[LiftPoint]) -> Iterator[Trace]:
    """Yield both ends of the interval that may be read at any time, one entry in the legend; none where it isn't
    known."""
    lows, highs = [], []
    for point in points:
        if point.always_valid is not None and point.always_valid.low is not None:
            lows.append((point.day, point.always_valid.low))
        if point.always_valid is not None and point.always_valid.high is not None:
            highs.append((point.day, point.always_valid.high))
    name = _("Always-valid interval")
    is_named = False
    for spots in (highs, lows):
        if len(spots) >= FEWEST_POINTS:
            line = limit_line(name, spots, ACCENT, "dot")
            line.update(legendgroup="always-valid", showlegend=not is_named)
            is_named = True
            yield line


def visitors_text(point: SeriesPoint) -> str:
    """Say how many visitors a point stands for."""
    visitors = ngettext("%(count)s visitor", "%(count)s visitors", point.visitors)
    text = visitors % {"count": formatting.count(point.visitors)}
    if point.is_open:
        return _("%(visitors)s, some may still order") % {"visitors": text}
    return text


def interval_band(points: Sequence[LiftPoint]) -> Trace:
    """Return the 95% intervals as one area, up one side and down the other."""
    days, lows, highs = [], [], []
    for point in points:
        days.append(point.day)
        lows.append(bounded(point.lift.low, -OPEN_END))
        highs.append(bounded(point.lift.high, OPEN_END))
    return scatter(
        # xgettext:no-python-format
        name=_("95% interval"),
        x=days + days[::-1],
        y=highs + lows[::-1],
        mode="none",
        fill="toself",
        fillcolor=ACCENT_AREA,
        hoverinfo="skip",
    )


def bounded(end: float | None, open_end: float) -> float:
    """Return an end of an interval as a number that can be drawn."""
    if end is None:
        return open_end
    return end


def lift_line(points: Sequence[LiftPoint]) -> Trace:
    """Return the lift up to each day."""
    days, lifts, texts = [], [], []
    for point in points:
        days.append(point.day)
        lifts.append(point.lift.estimate)
        texts.append([formatting.lift_range(point.lift), point.text])
    return scatter(
        name=_("Lift so far"),
        x=days,
        y=lifts,
        customdata=texts,
        mode="lines",
        line={"width": 2.5, "color": ACCENT},
        hovertemplate="%{y:+.1%} (%{customdata[0]})<br>%{customdata[1]}<extra></extra>",
    )


@dataclass(frozen=True)
class Limit:
    """The lifts beyond which a look decides, taken or expected; a side is None where there is no such bound."""

    day: str
    above: float | None
    below: float | None


def look_limits(plan: Plan, looks: Sequence[Look], variant: str) -> Iterator[Limit]:
    """Yield the limits of the looks taken, then those of the looks expected."""
    for look in looks:
        yield Limit(look.taken_at.date().isoformat(), look.ship_above, look.stop_below)
    for boundary in of_variant(plan.boundaries, variant):
        if boundary.day:
            yield Limit(boundary.day.isoformat(), boundary.ship_above, boundary.stop_below)


def limit_lines(limits: Sequence[Limit]) -> Iterator[Trace]:
    """Yield a line for each side on which there are limits; one alone makes no line, and no entry in the legend."""
    above, below = [], []
    for limit in limits:
        if limit.above is not None:
            above.append((limit.day, limit.above))
        if limit.below is not None:
            below.append((limit.day, limit.below))
    if len(above) >= FEWEST_POINTS:
        yield limit_line(_("Roll out above"), above, GOOD, "dash")
    if len(below) >= FEWEST_POINTS:
        yield limit_line(_("Stop below"), below, BAD, "dot")


def limit_line(name: str, spots: Sequence[tuple[str, float]], color: str, dash: str) -> Trace:
    """Return a line through days and lifts."""
    days, lifts = map(list, zip(*spots, strict=True))
    return scatter(
        name=name,
        x=days,
        y=lifts,
        mode="lines",
        line={"width": 1.5, "color": color, "dash": dash},
        hovertemplate=f"{name} %{{y:+.1%}}<extra></extra>",
    )


def look_marks(looks: Sequence[Look]) -> Trace:
    """Return the looks as rings on the line, filled where one crossed its bound."""
    days, lifts, texts, symbols = [], [], [], []
    for look in looks:
        if look.lift:
            days.append(look.taken_at.date().isoformat())
            lifts.append(look.lift.estimate)
            texts.append(look_text(look))
            symbols.append(LOOK_SYMBOLS[look.has_crossed])
    return scatter(
        name=_("Looks"),
        x=days,
        y=lifts,
        text=texts,
        mode="markers",
        marker={"size": 9, "symbol": symbols, "color": ACCENT, "line": {"width": 2, "color": ACCENT}},
        hovertemplate="%{text}, %{y:+.1%}<extra></extra>",
    )


def look_text(look: Look) -> str:
    """Name a look, and say whether it crossed its bound, else what the chance of a win by the planned end was."""
    if look.has_crossed:
        return _("Look %(number)s: crossed its bound") % {"number": look.number}
    if look.win_chance is not None:
        words = {"number": look.number, "chance": formatting.chance(look.win_chance)}
        return _("Look %(number)s: chance of a win by the end %(chance)s") % words
    return _("Look %(number)s") % {"number": look.number}


def mark_change(figure: Drawing, change: Change) -> None:
    """Draw a dotted line where a setting was changed, a shaded span where the test was paused."""
    begin = change.at.isoformat()
    if change.kind == "pause" and change.until:
        end = change.until.isoformat()
        figure.add_vrect(x0=begin, x1=end, fillcolor=NEUTRAL_AREA)
    figure.add_vline(x=begin, line={"width": 1.5, "dash": "dot", "color": WARN})
    figure.add_annotation(x=begin, y=1, yref="paper", yanchor="top", xanchor="left", text=change.text)


def lift_span(points: Sequence[LiftPoint], limits: Sequence[Limit], looks: Sequence[Look]) -> tuple[float, float]:
    """Return the ends of the axis: all lifts and limits are on it, and the intervals but for the first days'."""
    estimates, ends = [], []
    for point in points:
        estimates.append(point.lift.estimate)
    for look in looks:
        if look.lift:
            estimates.append(look.lift.estimate)
    # The first third's intervals are huge: with them, the days that matter would be a flat line.
    for point in points[len(points) // 3 :]:
        ends += known_ends(point.lift)
    for line in limit_lines(limits):
        ends += line["y"]
    low, high = span(estimates, ends)
    margin = LIFT_MARGIN * (high - low)
    return low - margin, high + margin
