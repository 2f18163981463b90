"""The report's figures over time and of belief: built here with Plotly, drawn by ``static/dashboard/plots.js``.

Colours keep a contrast of 3 to 1 on the light and on the dark surface; text, grid lines and lines without a colour of
their own take the page's when they are drawn. Nothing is told by colour alone: values carry signs, lines have dashes.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from experiments import formatting
from experiments.report import Change, Density, Look, Report, SeriesPoint

Figure = dict[str, Any]

GOOD, BAD, ACCENT, NEUTRAL, WARN = "#14917c", "#d64563", "#4b7be5", "#7d899c", "#b7791f"
GOOD_AREA, ACCENT_AREA, NEUTRAL_AREA = "rgba(20,145,124,.22)", "rgba(75,123,229,.18)", "rgba(125,137,156,.16)"
DASHES = ("dash", "dot", "dashdot", "longdash")
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
AXIS = {"automargin": True, "fixedrange": True, "zeroline": False, "labelalias": {"+0%": "0%", "+0.0%": "0%"}}
WIDEST_LIFT = 2.0


def empty_figure(height: int, **layout: Any) -> go.Figure:
    """A figure without traces in the report's style; ``height`` in pixels."""
    common = {
        "template": "none",
        "height": height,
        "margin": {"l": 4, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "legend": LEGEND,
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
    return go.Figure(layout=common | layout)


def as_json(figure: go.Figure) -> Figure:
    """The figure as JSON types."""
    data: Figure = figure.to_plotly_json()
    return data


def belief_chart(report: Report, variant: str) -> Figure | None:
    """What to believe about the goal's effect after the data: the treatment's curve, filled where it is above zero,
    and the other treatments' as thin lines. None where there is no such belief."""
    mine = next((curve for curve in report.curves if curve.variant == variant), None)
    if mine is None:
        return None
    names = {one.key: one.name for one in report.variants}
    others = [curve for curve in report.curves if curve.variant != variant]
    figure = empty_figure(240, showlegend=bool(others))
    for curve, dash in zip(others, DASHES, strict=False):
        figure.add_scatter(**curve_of(curve, names[curve.variant], width=1.5, color=NEUTRAL, dash=dash))
    figure.add_trace(winning_area(mine))
    figure.add_scatter(**curve_of(mine, names[mine.variant], width=2.5, color=GOOD, dash="solid"))
    figure.add_vline(x=0, line={"width": 1, "dash": "dash", "color": NEUTRAL})
    figure.update_xaxes(tickformat="+.0%" if mine.scale == "lift" else "+.1%", nticks=5, tickangle=0, showgrid=False)
    figure.update_yaxes(visible=False, rangemode="tozero")
    return as_json(figure)


def curve_of(curve: Density, name: str, *, width: float, color: str, dash: str) -> dict[str, Any]:
    """A density as a line."""
    return {
        "name": name,
        "x": list(curve.effect),
        "y": list(curve.density),
        "mode": "lines",
        "line": {"width": width, "color": color, "dash": dash},
        "hovertemplate": "%{x:+.1%}<extra>%{fullData.name}</extra>",
    }


def winning_area(curve: Density) -> go.Scatter:
    """The part of a density above zero."""
    above = [(x, y) for x, y in zip(curve.effect, curve.density, strict=True) if x >= 0]
    return go.Scatter(
        x=[x for x, _ in above],
        y=[y for _, y in above],
        mode="none",
        fill="tozeroy",
        fillcolor=GOOD_AREA,
        showlegend=False,
        hoverinfo="skip",
    )


def series_chart(report: Report, variant: str) -> Figure | None:
    """A treatment's cumulative lift by day with its 95% interval, the looks with their bounds, and what was changed.

    None before there are two days with a lift.
    """
    points = [point for point in report.series.points if point.variant == variant and point.lift]
    if len(points) < 2:
        return None
    figure = empty_figure(320, hovermode="x unified", showlegend=True)
    figure.add_traces([band(points), cumulative(points)])
    looks = [look for look in report.plan.looks if look.variant == variant]
    figure.add_traces(bounds(looks, report, variant))
    figure.add_trace(look_marks(looks))
    shown = [*shown_ends(points), *(end for trace in figure.data[2:] for end in trace.y)]
    for change in report.series.changes:
        mark_change(figure, change)
    figure.add_hline(y=0, line={"width": 1, "color": NEUTRAL})
    figure.update_xaxes(tickformat="%-d %b", tickangle=0, showgrid=False, hoverformat="%-d %B")
    figure.update_yaxes(tickformat="+.0%", nticks=6, range=lift_axis(shown))
    return as_json(figure)


def band(points: Sequence[SeriesPoint]) -> go.Scatter:
    """The 95% intervals as one area; an open end reaches as far as the axis can."""
    days = [point.day.isoformat() for point in points]
    lows = [-WIDEST_LIFT if one.lift is None or one.lift.low is None else one.lift.low for one in points]
    highs = [WIDEST_LIFT if one.lift is None or one.lift.high is None else one.lift.high for one in points]
    return go.Scatter(
        name="95% interval",
        x=days + days[::-1],
        y=highs + lows[::-1],
        mode="none",
        fill="toself",
        fillcolor=ACCENT_AREA,
        hoverinfo="skip",
    )


def cumulative(points: Sequence[SeriesPoint]) -> go.Scatter:
    """The lift up to each day."""
    return go.Scatter(
        name="Lift so far",
        x=[point.day.isoformat() for point in points],
        y=[point.lift.estimate for point in points if point.lift],
        customdata=[[formatting.lift_range(one.lift), sum_text(one)] for one in points],
        mode="lines",
        line={"width": 2.5, "color": ACCENT},
        hovertemplate="%{y:+.1%} (%{customdata[0]})<br>%{customdata[1]}<extra></extra>",
    )


def sum_text(point: SeriesPoint) -> str:
    """How many visitors a point stands for."""
    return f"{formatting.count(point.visitors)} visitors" + (", some may still order" if point.is_open else "")


def bounds(looks: Sequence[Look], report: Report, variant: str) -> list[go.Scatter]:
    """The lifts beyond which a look decides: those of the looks taken, then those expected."""
    taken = [(look.taken_at.date().isoformat(), look.ship_above, look.stop_below) for look in looks]
    ahead = [
        (one.day.isoformat(), one.ship_above, one.stop_below)
        for one in report.plan.boundaries
        if one.variant == variant and one.day
    ]
    rows = taken + ahead
    sides = (("Ship above", GOOD, "dash", 1), ("Stop below", BAD, "dot", 2))
    return [
        go.Scatter(
            name=name,
            x=[row[0] for row in rows if row[side] is not None],
            y=[row[side] for row in rows if row[side] is not None],
            mode="lines",
            line={"width": 1.5, "color": color, "dash": dash},
            hovertemplate=f"{name.lower()} %{{y:+.1%}}<extra></extra>",
        )
        for name, color, dash, side in sides
        if any(row[side] is not None for row in rows)
    ]


def look_marks(looks: Sequence[Look]) -> go.Scatter:
    """The looks as rings on the line, filled where one crossed its bound."""
    known = [look for look in looks if look.lift]
    return go.Scatter(
        name="Looks",
        x=[look.taken_at.date().isoformat() for look in known],
        y=[look.lift.estimate for look in known if look.lift],
        text=[f"look {look.number}{': crossed its bound' if look.has_crossed else ''}" for look in known],
        mode="markers",
        marker={
            "size": 9,
            "symbol": ["circle" if look.has_crossed else "circle-open" for look in known],
            "color": ACCENT,
            "line": {"width": 2, "color": ACCENT},
        },
        hovertemplate="%{text}, %{y:+.1%}<extra></extra>",
    )


def mark_change(figure: go.Figure, change: Change) -> None:
    """A dotted line where a setting was changed, a shaded span where the test was paused."""
    if change.kind == "pause" and change.until:
        figure.add_vrect(
            x0=change.at.isoformat(), x1=change.until.isoformat(), fillcolor=NEUTRAL_AREA, line_width=0, layer="below"
        )
    figure.add_vline(x=change.at.isoformat(), line={"width": 1.5, "dash": "dot", "color": WARN})
    figure.add_annotation(
        x=change.at.isoformat(), y=1, yref="paper", yanchor="top", xanchor="left", text=change.text, showarrow=False
    )


def shown_ends(points: Sequence[SeriesPoint]) -> list[float]:
    """What the axis has to show: all lifts, and the intervals but for the first days', which are huge."""
    newer = points[len(points) // 3 :]
    ends = [end for one in newer if one.lift for end in (one.lift.low, one.lift.high) if end is not None]
    return ends + [one.lift.estimate for one in points if one.lift]


def lift_axis(values: Sequence[float]) -> list[float]:
    """An axis of lifts on which the values fit, as far as ``WIDEST_LIFT`` reaches."""
    low, high = min([*values, -0.02]), max([*values, 0.02])
    margin = 0.1 * (high - low)
    return [max(low - margin, -WIDEST_LIFT), min(high + margin, WIDEST_LIFT)]
