"""Endpoints whose calls are traced, where the operator names a collector (``config/tracing.py``).

They don't go through Django, and so through none of its middleware.
"""

from dataclasses import fields

from opentelemetry.trace import SpanKind

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import Endpoint, Postponed, View
from checkout_widgets.edge.responses import Answer
from config import tracing


class TracedEndpoint(Endpoint):
    """An endpoint of the edge whose calls are traced, in whichever thread they are answered."""

    route = ""

    def finish(self, call: Call, view: View) -> Answer | Postponed:
        """Answer as the endpoint does."""
        method = call.environ["REQUEST_METHOD"]
        with tracing.traced(method, SpanKind.SERVER) as span:
            answer = super().finish(call, view)
            if isinstance(answer, Answer):
                tracing.note_answer(span, method, self.route, answer.status)
        return answer


def traced_endpoint(endpoint: Endpoint, route: str) -> Endpoint:
    """Return an endpoint whose calls are traced, where a collector is named; otherwise the endpoint itself."""
    if not tracing.is_on():
        return endpoint
    copied = {}
    for field in fields(endpoint):
        copied[field.name] = getattr(endpoint, field.name)
    traced_one = TracedEndpoint(**copied)
    traced_one.route = route
    return traced_one
