"""The report's figures: built here with Plotly, drawn in the browser by ``static/dashboard/plots.js``.

Colours keep a contrast of 3 to 1 on the light and on the dark surface; text, grid lines and lines without a colour of
their own take the page's when they are drawn. Nothing is told by colour alone: values carry signs, variants have
symbols and dashes.
"""

from collections.abc import Iterator
from itertools import groupby
from statistics import NormalDist
from typing import Any

import plotly.graph_objects as go

from dashboard.templatetags import figures
from experiments.report import Decomposition, MetricResult, Range, Report

Figure = dict[str, Any]

GOOD, BAD, ACCENT, NEUTRAL = "#14917c", "#d64563", "#4b7be5", "#7d899c"
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "star", "cross")
DASHES = ("solid", "dash", "dot", "dashdot")
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
WIDEST_LIFT = 2.0
NARROWEST_LIFT = 0.02
ROW_HEIGHT = 52
CURVE_POINTS = 81


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
        "xaxis": {"automargin": True, "fixedrange": True, "zeroline": False},
        "yaxis": {"automargin": True, "fixedrange": True, "zeroline": False},
    }
    return go.Figure(layout=common | layout)


def as_json(figure: go.Figure) -> Figure:
    """The figure as JSON types."""
    data: Figure = figure.to_plotly_json()
    return data


def color(interval: Range) -> str:
    """The colour of an effect: good or bad where its interval excludes zero, neutral else."""
    return {"good": GOOD, "bad": BAD}.get(figures.tone(interval), NEUTRAL)


def decomposition_chart(split: Decomposition) -> Figure | None:
    """Where a treatment's RPV lift comes from: orders per visitor, then order value on top of it, then the product.

    None where the lift could not be split.
    """
    if split.rpv is None or split.orders_per_visitor is None or split.aov is None:
        return None
    first, second, total = split.orders_per_visitor, split.aov, split.rpv
    names = ("Orders<br>per visitor", "Order<br>value", "Revenue<br>per visitor")
    values = (first.estimate, second.estimate, total.estimate)
    figure = empty_figure(280, bargap=0.35)
    figure.add_bar(
        x=[0, 1, 2],
        y=[first.estimate, total.estimate - first.estimate, total.estimate],
        base=[0, first.estimate, 0],
        marker={"color": [color(first), color(second), ACCENT]},
        hoverinfo="skip",
    )
    figure.add_traces([whisker(0, first), whisker(1, stacked(second, first.estimate)), whisker(2, total)])
    figure.add_hline(y=0, line={"width": 1, "color": NEUTRAL})
    labels = [f"{name}<br>{figures.lift(value)}" for name, value in zip(names, values, strict=True)]
    figure.update_xaxes(tickvals=[0, 1, 2], ticktext=labels, tickangle=0, showgrid=False)
    figure.update_yaxes(tickformat="+.0%", nticks=6)
    return as_json(figure)


def stacked(part: Range, base: float) -> Range:
    """A lift applied on top of another one."""
    low, high = ((1 + base) * (1 + end) - 1 if end is not None else None for end in (part.low, part.high))
    return Range((1 + base) * (1 + part.estimate) - 1, low, high)


def whisker(position: int, interval: Range) -> go.Scatter:
    """A bar's interval as a vertical line."""
    ends = [interval.estimate if end is None else end for end in (interval.low, interval.high)]
    return go.Scatter(x=[position, position], y=ends, mode="lines", line={"width": 2}, hoverinfo="skip")


def lift_chart(report: Report) -> Figure | None:
    """Every metric's lift with its 95% interval (thick) and the always-valid one (thin), one row per metric.

    A filled mark says that the interval excludes zero. None where no lift is known.
    """
    known = [result for result in sorted_by_metric(report) if result.main.lift]
    if not known:
        return None
    metrics = [list(results) for _, results in groupby(known, key=lambda result: result.label)]
    variants = [variant for variant in report.variants if not variant.is_control]
    ends = lift_axis(known)
    figure = empty_figure(80 + ROW_HEIGHT * len(metrics), showlegend=len(variants) > 1)
    for index, variant in enumerate(variants):
        offset = 0.22 * (index - (len(variants) - 1) / 2)
        rows = [(row + offset, r) for row, group in enumerate(metrics) for r in group if r.variant == variant.key]
        figure.add_traces(list(interval_lines(rows, ends)))
        figure.add_trace(marks(rows, variant.name or variant.key, SYMBOLS[index % len(SYMBOLS)]))
    figure.add_vline(x=0, line={"width": 1, "dash": "dash", "color": NEUTRAL})
    figure.update_xaxes(tickformat="+.0%", range=ends, nticks=5, tickangle=0)
    figure.update_yaxes(
        tickvals=list(range(len(metrics))), ticktext=[group[0].label for group in metrics], autorange="reversed"
    )
    return as_json(figure)


def sorted_by_metric(report: Report) -> list[MetricResult]:
    """The results, those of one metric together, in the order in which the metrics first appear."""
    order = list(dict.fromkeys(result.label for result in report.metrics))
    return sorted(report.metrics, key=lambda result: order.index(result.label))


def lift_axis(results: list[MetricResult]) -> tuple[float, float]:
    """Where the axis of the lifts begins and ends: all intervals fit, as far as ``WIDEST_LIFT`` reaches."""
    lifts = [result.main.lift for result in results if result.main.lift]
    sequential = [result.sequential for result in results if result.sequential]
    lows = [*(lift.low for lift in lifts), *(interval.relative_low for interval in sequential)]
    highs = [*(lift.high for lift in lifts), *(interval.relative_high for interval in sequential)]
    low = min(-NARROWEST_LIFT, *(lift.estimate for lift in lifts), *(end for end in lows if end is not None))
    high = max(NARROWEST_LIFT, *(lift.estimate for lift in lifts), *(end for end in highs if end is not None))
    low, high = max(low, -WIDEST_LIFT), min(high, WIDEST_LIFT)
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def interval_lines(rows: list[tuple[float, MetricResult]], ends: tuple[float, float]) -> Iterator[go.Scatter]:
    """The always-valid intervals as thin lines, the 95% ones as thick lines in the colour of their effect.

    A side without end reaches to the axis's end.
    """
    for position, result in rows:
        sequential, lift = result.sequential, result.main.lift
        if sequential and sequential.relative_low is not None and sequential.relative_high is not None:
            yield line(position, sequential.relative_low, sequential.relative_high, width=1.5, color=None)
        if lift:
            low = ends[0] if lift.low is None else lift.low
            high = ends[1] if lift.high is None else lift.high
            yield line(position, low, high, width=7, color=color(lift), opacity=0.45)


def line(
    position: float, low: float, high: float, *, width: float, color: str | None, opacity: float = 1
) -> go.Scatter:
    """A horizontal line from ``low`` to ``high``."""
    return go.Scatter(
        x=[low, high],
        y=[position, position],
        mode="lines",
        line={"width": width, "color": color},
        opacity=opacity,
        showlegend=False,
        hoverinfo="skip",
    )


def marks(rows: list[tuple[float, MetricResult]], name: str, symbol: str) -> go.Scatter:
    """A variant's estimates; the mark is filled where the interval excludes zero."""
    known = [(position, result, result.main.lift) for position, result in rows if result.main.lift]
    colors = [color(lift) for _, _, lift in known]
    return go.Scatter(
        name=name,
        x=[lift.estimate for _, _, lift in known],
        y=[position for position, _, _ in known],
        customdata=[[result.label, figures.lift(lift.estimate), figures.lift_range(lift)] for _, result, lift in known],
        hovertemplate="%{customdata[0]}: %{customdata[1]} (%{customdata[2]})<extra>%{fullData.name}</extra>",
        mode="markers",
        marker={
            "size": 11,
            "symbol": [symbol if mark != NEUTRAL else f"{symbol}-open" for mark in colors],
            "color": colors,
            "line": {"width": 2, "color": colors},
        },
    )


def belief_chart(report: Report) -> Figure | None:
    """What to believe about the goal's lift after the data: a curve per treatment; the part above zero is filled.

    None where there is no such belief.
    """
    figure = empty_figure(230, showlegend=len(report.variants) > 2)
    goals = [result for result in report.metrics if result.metric == report.goal_metric]
    for index, result in enumerate(goals):
        belief = result.belief
        if belief and belief.scale == "lift" and belief.mean is not None and belief.sd:
            name = next(v.name or v.key for v in report.variants if v.key == result.variant)
            curve = NormalDist(belief.mean, belief.sd)
            figure.add_traces(list(belief_curve(curve, name, DASHES[index % len(DASHES)])))
    if not figure.data:
        return None
    figure.add_vline(x=0, line={"width": 1, "dash": "dash", "color": NEUTRAL})
    figure.update_xaxes(tickformat="+.0%", nticks=5, tickangle=0)
    figure.update_yaxes(visible=False)
    return as_json(figure)


def belief_curve(belief: NormalDist, name: str, dash: str) -> Iterator[go.Scatter]:
    """The density as a line, and its part above zero as an area."""
    xs = [belief.mean + belief.stdev * 4 * (2 * i / (CURVE_POINTS - 1) - 1) for i in range(CURVE_POINTS)]
    winning = sorted({*(x for x in xs if x > 0), *([0.0] if xs[0] < 0 < xs[-1] else [])})
    yield go.Scatter(
        x=winning,
        y=[belief.pdf(x) for x in winning],
        mode="none",
        fill="tozeroy",
        fillcolor="rgba(20,145,124,.25)",
        showlegend=False,
        hoverinfo="skip",
    )
    yield go.Scatter(
        name=name,
        x=xs,
        y=[belief.pdf(x) for x in xs],
        mode="lines",
        line={"width": 2, "color": GOOD, "dash": dash},
        hoverinfo="skip",
    )
