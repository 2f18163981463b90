"""What the report's pages need beyond the console's Content-Security-Policy."""

from collections.abc import Callable
from typing import TypeVar, cast

from csp.decorators import csp_update
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def with_saved_plots(view: View) -> View:
    """Let the view's page show blobs: Plotly draws a plot that is saved as a picture by way of one."""
    return cast("View", csp_update({"img-src": ["blob:"]})(view))
