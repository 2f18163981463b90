"""A figure as Plotly's JSON: traces and a layout, as plain dicts.

Plotly's own objects check each property of each trace whenever a page is drawn, which took a third of a report's time.
The tests have Plotly check what the charts make instead.
"""

from collections.abc import Iterable
from typing import Any

import plotly.io

Trace = dict[str, Any]
Figure = dict[str, Any]

FULL_HEIGHT = {"xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
FULL_WIDTH = {"xref": "x domain", "x0": 0, "x1": 1, "yref": "y"}
PLAIN: Figure = plotly.io.templates["none"].to_plotly_json()


def scatter(**properties: Any) -> Trace:
    """Return a trace of lines, areas or marks."""
    return {"type": "scatter", **properties}


class Drawing:
    """A figure while it is drawn; its methods are named as those of Plotly's ``Figure``."""

    def __init__(self, layout: Figure) -> None:
        self.data: list[Trace] = []
        self.layout = {**layout, "template": PLAIN, "xaxis": dict(layout["xaxis"]), "yaxis": dict(layout["yaxis"])}

    def add_trace(self, trace: Trace) -> None:
        """Add a trace, over those before it."""
        self.data.append(trace)

    def add_traces(self, traces: Iterable[Trace]) -> None:
        """Add several traces."""
        self.data.extend(traces)

    def add_vline(self, x: Any, line: dict[str, Any]) -> None:
        """Add a line from the bottom to the top."""
        self.add_shape({"type": "line", "x0": x, "x1": x, **FULL_HEIGHT, "line": line})

    def add_hline(self, y: Any, line: dict[str, Any]) -> None:
        """Add a line from the left to the right."""
        self.add_shape({"type": "line", "y0": y, "y1": y, **FULL_WIDTH, "line": line})

    def add_vrect(self, x0: Any, x1: Any, fillcolor: str) -> None:
        """Shade a part from the bottom to the top, below the traces."""
        filling = {"fillcolor": fillcolor, "layer": "below", "line": {"width": 0}}
        self.add_shape({"type": "rect", "x0": x0, "x1": x1, **FULL_HEIGHT, **filling})

    def add_shape(self, shape: dict[str, Any]) -> None:
        """Add a shape."""
        self.layout.setdefault("shapes", []).append(shape)

    def add_annotation(self, **properties: Any) -> None:
        """Add a text at a place, without an arrow."""
        self.layout.setdefault("annotations", []).append({"showarrow": False, **properties})

    def update_xaxes(self, **properties: Any) -> None:
        """Change the axis of days, or of effects."""
        self.layout["xaxis"].update(properties)

    def update_yaxes(self, **properties: Any) -> None:
        """Change the axis of values."""
        self.layout["yaxis"].update(properties)

    def as_json(self) -> Figure:
        """Return the figure as JSON types."""
        return {"data": self.data, "layout": self.layout}
