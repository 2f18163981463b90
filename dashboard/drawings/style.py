"""The report's interactive charts have one style: colors, legend, axes, and what is left of Plotly's own.

Colors keep a contrast of 3 to 1 on the light and on the dark surface; text, grid lines and lines without a color of
their own take the page's when they are drawn. Nothing is told by color alone: values carry signs, lines have dashes.
"""

from typing import Any

from dashboard.drawings.figure import Drawing

GOOD, BAD, ACCENT, NEUTRAL, WARN = "#14917c", "#d64563", "#4b7be5", "#7d899c", "#b7791f"
GOOD_AREA, ACCENT_AREA, NEUTRAL_AREA = "rgba(20,145,124,.22)", "rgba(75,123,229,.18)", "rgba(125,137,156,.16)"
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
# Plotly writes "+0%" with our format of lifts; zero has no sign.
AXIS = {"automargin": True, "fixedrange": True, "zeroline": False, "labelalias": {"+0%": "0%", "+0.0%": "0%"}}
FEWEST_POINTS = 2  # a line needs two


def empty_figure(height: int, **layout: Any) -> Drawing:
    """Return a figure without traces in the report's style; ``height`` in pixels."""
    common = {
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
    return Drawing(common | layout)
