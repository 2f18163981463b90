"""An edge on a machine of its own, as it is started there, while PostgreSQL is away."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.publisher import Publisher
from experiments.models import Store
from tests import factories

pytestmark = [pytest.mark.slow(seconds=18), pytest.mark.django_db]
PATIENCE_S = 120
SECRET_KEY = "the-key-that-the-worker-and-this-edge-have-in-common"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Edge:
    """A running edge."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> HTTPResponse:
        """Its answer, with the body as ``read`` gives it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, json.dumps(body) if body else None, headers)
        return connection.getresponse()

    def wait_for(self, path: str) -> None:
        """Return once it answers the path."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                if self.ask("GET", path).status == 200:
                    return
            except (OSError, HTTPException):
                pass
            time.sleep(0.2)
        raise AssertionError(f"{path} was not answered in time")


@contextmanager
def edge_only(folder: Path, data: Path) -> Iterator[Edge]:
    """``serve --edge-only`` with a database that nobody answers for."""
    edge = Edge(free_port())
    environment = {
        "SECRET_KEY": SECRET_KEY,
        "CONFIGURATION_URL": f"file://{folder}",
        "OFFERLIFT_DATA_DIR": str(data),
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/away",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "serve", "--edge-only", "--workers", "1", "--edge-port", str(edge.port)]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        edge.wait_for("/healthz")
        yield edge
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def decided(edge: Edge, store: Store) -> dict[str, Any]:
    """The first decision for a visitor whom the test's treatment is for."""
    for number in range(50):
        answer = edge.ask(
            "POST", "/v1/decide", {"key": store.site_key, "visitor_id": f"v_{number}", "moments": ["cart"]}
        )
        assert answer.status == 200
        [decision] = json.loads(answer.read())["decisions"]
        if decision.get("content"):
            return dict(decision)
    raise AssertionError("nobody got the treatment")


def test_edge_starts_decides_and_answers_honestly_while_the_database_is_away(settings, tmp_path):
    settings.SECRET_KEY = SECRET_KEY
    store = factories.make_live_experiment().store
    folder = ConfigurationFolder(tmp_path / "published")
    index = Publisher(folder).publish_changes(datetime.now(UTC))
    with edge_only(folder.path, tmp_path / "edge") as edge:
        health = json.loads(edge.ask("GET", "/healthz").read())
        assert (health["status"], health["configuration"]) == ("ok", index.version)
        decision = decided(edge, store)
        assert decision["content"]["price"]["minor"] == 990
        batch = {
            "key": store.site_key,
            "visitor_id": "v_1",
            "events": [
                {"id": "018f2f4e-0000-7000-8000-000000000001", "type": "error", "at": datetime.now(UTC).isoformat()}
            ],
        }
        now = datetime.now(UTC).isoformat()
        order = {
            **{"external_id": "1", "placed_at": now, "updated_at": now, "currency": "EUR"},
            **{"subtotal_minor": 990, "total_minor": 990},
            "lines": [{"sku": "tea", "quantity": 1, "price_minor": 990}],
        }
        secret = {"Authorization": f"Bearer {store.secret_key}"}
        reports = [edge.ask("POST", "/v1/events", batch), edge.ask("POST", "/v1/orders", order, **secret)]
        assert [(answer.status, answer.getheader("Retry-After")) for answer in reports] == [(503, "5")] * 2
    (folder.path / "index").unlink()  # now nothing answers at all
    with edge_only(folder.path, tmp_path / "edge") as edge:
        assert decided(edge, store)["experiment"] == decision["experiment"]
        assert json.loads(edge.ask("GET", "/healthz").read())["heard_at"] is None
