"""The MCP server against a console, by the official SDK's own client; once started as assistants' programs start it."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.server.mcpserver import MCPServer
from pytest_django.live_server_helper import LiveServer

from experiments.models import Annotation, AnnotationKind, Decision, Experiment, Status
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.api.conftest import make_token

# The console is another thread, which sees only what is committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FILE = Path(settings.BASE_DIR) / "integrations" / "mcp" / "offerlift_mcp.py"
READING = {
    "list_tests", "read_test", "read_report", "read_metric", "search_playbook", "plan_test", "list_templates",
    "list_offers", "list_annotations",
}  # fmt: skip

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def server() -> MCPServer:
    """The server in this process: a process of its own would be started for every call."""
    spec = importlib.util.spec_from_file_location("offerlift_mcp", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server: MCPServer = module.server
    return server


def answer_of(connection: Any, tool: str, **arguments: Any) -> Any:
    """Call a tool and return its structured answer, or the text of its error."""

    async def call() -> Any:
        async with Client(connection) as client:
            return await client.call_tool(tool, arguments)

    answer = asyncio.run(call())
    if answer.is_error:
        return answer.content[0].text
    return answer.structured_content


@pytest.fixture
def experiment() -> Experiment:
    experiment = factories.make_experiment(
        factories.make_store(), key="balm", name="Balm, asked for by ada@shop.example"
    )
    for variant in experiment.variants.all():
        factories.make_exposure(variant)
    take_snapshot(experiment)
    return experiment


@pytest.fixture
def ask(live_server: LiveServer, experiment: Experiment, server: MCPServer, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask with a viewer's token, or with another."""
    monkeypatch.setenv("OFFERLIFT_URL", live_server.url)
    monkeypatch.setenv("OFFERLIFT_TOKEN", make_token(experiment.store))
    return partial(answer_of, server)


def test_program_starts_it_and_reads_a_test(live_server, experiment):
    environment = {"OFFERLIFT_URL": live_server.url, "OFFERLIFT_TOKEN": make_token(experiment.store)}
    program = StdioServerParameters(command=sys.executable, args=[str(FILE)], env=environment)
    assert answer_of(stdio_client(program), "read_test", key="balm")["key"] == "balm"


def test_tools_say_which_of_them_only_read(server):
    async def listed() -> Any:
        async with Client(server) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert {name for name, tool in tools.items() if tool.annotations.read_only_hint} == READING
    assert set(tools) - READING == {"draft_test"}
    assert not tools["draft_test"].annotations.destructive_hint
    assert all(tool.description for tool in tools.values())


def test_report_has_the_verdict_and_no_days(ask):
    report = ask("read_report", key="balm")
    assert report["verdict"]
    assert report["metrics"][0]["final"] or report["metrics"][0]["main"]
    assert not {"series", "sums", "segments"} & set(report)
    assert "steps" not in report["metrics"][0]
    assert ask("read_metric", key="balm", metric="rpv")["series"]


def test_email_addresses_are_left_out(ask, experiment):
    experiment.owner = factories.make_user(experiment.store, username="bo@shop.example")
    experiment.save()
    Annotation.objects.create(
        store=experiment.store,
        text="Ask cy@shop.example",
        kind=AnnotationKind.CAMPAIGN,
        first_day=date(2026, 11, 27),
        last_day=date(2026, 11, 27),
        created_by="bo@shop.example",
    )
    answers = [ask("list_tests"), ask("read_test", key="balm"), ask("read_report", key="balm"), ask("list_annotations")]
    for answer in answers:
        assert "@shop.example" not in str(answer)
        assert "(address left out)" in str(answer)


def test_playbook_and_plan_are_the_apis(ask, experiment):
    experiment.status, experiment.decision = Status.CONCLUDED, Decision.KEEP_CONTROL
    experiment.learning = "Nobody wants balm."
    experiment.save()
    (entry,) = ask("search_playbook", words="balm")["results"]
    assert (entry["decision"], entry["learning"]) == ("keep_control", "Nobody wants balm.")
    plan = ask("plan_test", metric="conversion", current_value=5, visitors_per_day=2_000, smallest_lift_percent=10)
    assert plan["per_variant"] > 1_000


def test_viewers_token_makes_no_draft_and_says_how_to_get_leave(ask):
    told = ask("draft_test", template="offer-or-nothing")
    assert "Offerlift answered 403: This token may not make drafts." in told
    assert Experiment.objects.count() == 1


def test_draft_is_made_and_waits_for_a_person(ask, live_server, experiment, monkeypatch):
    monkeypatch.setenv("OFFERLIFT_TOKEN", make_token(experiment.store, can_draft=True))
    draft = ask("draft_test", template="offer-or-nothing", name="Balm again")
    assert Experiment.objects.get(key=draft["key"]).status == Status.DRAFT
    assert draft["url"].startswith(f"{live_server.url}/tests/")
    assert "no such template" in ask("draft_test", template="party")


def test_other_stores_tests_are_not_there(ask):
    factories.make_experiment(factories.make_store(slug="foreign"), key="foreign")
    assert "Offerlift answered 404" in ask("read_test", key="foreign")


@pytest.mark.parametrize("key", ["../events", "a b", ""])
def test_key_that_is_none_never_reaches_the_console(ask, key):
    assert "validation error" in ask("read_test", key=key)


def test_console_that_is_away_is_said_to_be(ask, monkeypatch):
    monkeypatch.setenv("OFFERLIFT_URL", "http://127.0.0.1:9")  # a port nobody listens to
    assert "can't be reached" in ask("list_tests")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "OFFERLIFT_URL"),
        ({"OFFERLIFT_URL": "http://offers.example", "OFFERLIFT_TOKEN": "olr_1"}, "https://"),
        ({"OFFERLIFT_URL": "https://offers.example"}, "OFFERLIFT_TOKEN"),
    ],
)
def test_setting_that_is_missing_is_named(environment, told):
    ended = subprocess.run(
        [sys.executable, str(FILE)], env={"PATH": os.environ["PATH"]} | environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert told in ended.stderr
