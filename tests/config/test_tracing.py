"""Traces: what they hold, and that they reach a collector."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from checkout_widgets.edge.application import EdgeApplication
from checkout_widgets.edge.responses import Answer
from checkout_widgets.edge.traced_endpoint import TracedEndpoint
from checkout_widgets.edge.urls import urlpatterns
from config import tracing
from tests import factories

ADDRESS = "ada@shop.example"
SENDS_ONE = """
import django; django.setup()
from config import tracing
from opentelemetry import trace
tracing.set_up("worker")
with tracing.traced("a job"):
    pass
trace.get_tracer_provider().shutdown()
"""


@pytest.fixture
def is_on(settings: Any) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1"


@pytest.fixture
def spans(is_on: None, monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What would be sent, kept."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("test"))
    return exporter


def texts(spans: tuple[ReadableSpan, ...]) -> str:
    """All that spans say."""
    return "\n".join(span.to_json() for span in spans)


@pytest.mark.django_db
def test_request_is_traced_by_its_route_with_its_statements(spans):
    client = Client()
    client.force_login(factories.make_user(factories.make_store()))
    answer = client.get(f"/contacts/?search={ADDRESS}")
    *statements, request = spans.get_finished_spans()
    assert request.name == f"GET {answer.resolver_match.route}"
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == answer.status_code
    assert request.attributes["offerlift.request_id"] == answer["X-Request-ID"]
    assert statements
    assert {span.name for span in statements} == {"postgresql"}
    assert {span.parent.span_id for span in statements if span.parent} == {request.context.span_id}


@pytest.mark.django_db
def test_traces_hold_no_addresses_tokens_or_values(spans):
    client = Client(raise_request_exception=False)
    client.post("/login/", {"username": ADDRESS, "password": "secret-words"})
    client.get(f"/password/secret-words/{ADDRESS}/?token=secret-words")
    with pytest.raises(Exception, match="integer"), tracing.traced("a job"), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [ADDRESS])
    said = texts(spans.get_finished_spans())
    assert "POST login/" in said
    assert "SELECT %s::integer" in said
    assert "ERROR" in said
    assert ADDRESS not in said
    assert "secret-words" not in said


@pytest.mark.django_db
def test_job_is_traced_by_its_name(spans):
    context: Any = SimpleNamespace(job=SimpleNamespace(task_name="experiments.tasks.take_looks"))
    assert tracing.trace_job(lambda: "done", context, None) == "done"
    (span,) = spans.get_finished_spans()
    assert span.name == "experiments.tasks.take_looks"


@pytest.mark.django_db
def test_endpoint_of_the_edge_is_traced_by_its_path(spans):
    edge = EdgeApplication(urlpatterns, lambda environ, start: [])
    answer = edge.begin({"PATH_INFO": "/v1/decide", "REQUEST_METHOD": "GET", "HTTP_HOST": "localhost"})
    assert isinstance(answer, Answer)
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/decide"
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == 405


def test_without_a_collector_nothing_is_traced():
    with pytest.raises(MiddlewareNotUsed):
        tracing.TracedRequests(lambda request: HttpResponse())
    edge = EdgeApplication(urlpatterns, lambda environ, start: [])
    assert not [one for one in edge.endpoints.values() if isinstance(one, TracedEndpoint)]


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """A collector's address, and what was sent there, as OpenTelemetry's own protocol reads it."""
    received: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            received.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_spans_reach_the_collector(collector):
    address, received = collector
    environment = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", SENDS_ONE], env=environment, check=True, timeout=60)
    (sent,) = received
    (of_process,) = sent.resource_spans
    attributes = {one.key: one.value.string_value for one in of_process.resource.attributes}
    assert attributes["service.name"] == "offerlift-worker"
    assert of_process.scope_spans[0].spans[0].name == "a job"
