"""Traces by OpenTelemetry, where the operator names a collector: requests, jobs, and what each asks the database.

A span holds names that we gave: a route, a command, a job. Addresses of pages and values of statements stay out of it,
for both hold tokens, and people. The standard variables of OpenTelemetry say where spans go
(``OTEL_EXPORTER_OTLP_ENDPOINT``) and how many (``OTEL_TRACES_SAMPLER``).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from config import request_ids
from config.version import version

tracer = trace.get_tracer("offerlift")


def is_on() -> bool:
    """Return whether a collector is named."""
    return bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


def set_up(role: str) -> None:
    """Send this process's spans to the collector, where one is named; ``role`` is such as ``console``."""
    if not is_on():
        return
    # Only here: installations without a collector don't load what sends spans.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": f"offerlift-{role}", "service.version": version()})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def begun(name: str, kind: SpanKind) -> AbstractContextManager[Span]:
    """Begin a span. What an exception says may quote what was sent, so none is kept in it."""
    return tracer.start_as_current_span(name, kind=kind, record_exception=False, set_status_on_exception=False)


@contextmanager
def traced(name: str, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """Trace what is done meanwhile, and each statement that it sends to the database."""
    with begun(name, kind) as span:
        span.set_attribute("offerlift.request_id", request_ids.current())
        try:
            with connection.execute_wrapper(trace_statement):
                yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise


def trace_statement(execute: Callable[..., Any], sql: object, *values: Any) -> Any:
    """Send a statement to the database; its span has the text, with placeholders for the values."""
    with begun("postgresql", SpanKind.CLIENT) as span:
        span.set_attribute("db.system.name", "postgresql")
        if isinstance(sql, str):  # what is composed by psycopg may hold values
            span.set_attribute("db.query.text", sql)
        return execute(sql, *values)


class TracedRequests:
    """Traces what Django answers, by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not is_on():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the views do."""
        with traced(str(request.method), SpanKind.SERVER) as span:
            response = self.get_response(request)
            route = ""
            if request.resolver_match is not None:
                route = request.resolver_match.route
            note_answer(span, str(request.method), route, response.status_code)
        return response


def note_answer(span: Span, method: str, route: str, status: int) -> None:
    """Say which route was asked, and what the answer is; where there is no such route, the method is all."""
    span.update_name(f"{method} {route}".strip())
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def trace_job(run: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Do a job within a span of its name: a middleware of procrastinate's tasks."""
    with traced(context.job.task_name, SpanKind.CONSUMER):
        return run()
