"""The traces of a figure that tests look at."""

from typing import Any

from dashboard.drawings.figure import Figure


def traces(figure: Figure | None) -> dict[str, Any]:
    assert figure is not None
    return {trace["name"]: trace for trace in figure["data"] if trace.get("name")}
