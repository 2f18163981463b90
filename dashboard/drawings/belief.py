"""The report's chart of belief: how likely which effect is. Built here, drawn by ``static/dashboard/plots.js``."""

from dataclasses import replace

import numpy as np

from dashboard.drawings.figure import Figure, Trace, scatter
from dashboard.drawings.style import GOOD, GOOD_AREA, NEUTRAL, empty_figure
from experiments import money
from experiments.report import Density, Report

DASHES = ("dash", "dot", "dashdot", "longdash")  # of the other treatments, which the same gray would not tell apart


def belief_chart(report: Report, variant: str) -> Figure | None:
    """Return how likely which effect on the goal is after the data: the treatment's curve, filled where it is above
    zero, and the other treatments' as thin lines. None where there is no such belief."""
    curves = {curve.variant: curve for curve in report.curves}
    chosen = curves.pop(variant, None)
    if chosen is None:
        return None
    names = {arm.key: arm.name for arm in report.variants}
    figure = empty_figure(240, showlegend=bool(curves))
    for curve, dash in zip(curves.values(), DASHES, strict=False):
        other = in_major_units(curve, report.currency)
        figure.add_trace(density_line(other, names[curve.variant], width=1.5, color=NEUTRAL, dash=dash))
    chosen = in_major_units(chosen, report.currency)
    figure.add_trace(winning_area(chosen))
    figure.add_trace(density_line(chosen, names[variant], width=2.5, color=GOOD, dash="solid"))
    figure.add_vline(x=0, line={"width": 1, "dash": "dash", "color": NEUTRAL})
    figure.update_xaxes(tickformat=tick_format(chosen), nticks=5, tickangle=0, showgrid=False)
    figure.update_yaxes(visible=False, rangemode="tozero")
    return figure.as_json()


def in_major_units(curve: Density, currency: str) -> Density:
    """Return the curve of a difference in money in the currency's main unit, such as euros; any other as it is."""
    if curve.scale == "lift" or curve.unit != "money":
        return curve
    unit = 10 ** money.decimals(currency)
    return replace(curve, effect=(np.array(curve.effect) / unit).tolist())


def tick_format(curve: Density) -> str:
    """Return how effects are written along the axis: lifts are larger than differences of shares."""
    if curve.scale == "lift":
        return "+.0%"
    if curve.unit == "share":
        return "+.1%"
    return "+,.2~f"


def density_line(curve: Density, name: str, *, width: float, color: str, dash: str) -> Trace:
    """Return a density as a line."""
    return {
        "type": "scatter",
        "name": name,
        "x": list(curve.effect),
        "y": list(curve.density),
        "mode": "lines",
        "line": {"width": width, "color": color, "dash": dash},
        "hovertemplate": f"%{{x:{hover_format(curve)}}}<extra>%{{fullData.name}}</extra>",
    }


def hover_format(curve: Density) -> str:
    """Return how precisely an effect under the pointer is written."""
    if curve.scale == "lift" or curve.unit == "share":
        return "+.1%"
    return "+,.2f"


def winning_area(curve: Density) -> Trace:
    """Return the part of a density above zero."""
    effects, densities = [], []
    for effect, density in zip(curve.effect, curve.density, strict=True):
        if effect >= 0:
            effects.append(effect)
            densities.append(density)
    return scatter(
        x=effects,
        y=densities,
        mode="none",
        fill="tozeroy",
        fillcolor=GOOD_AREA,
        showlegend=False,
        hoverinfo="skip",
    )
