"""An MCP server over Offerlift's read API, so that assistants can read tests, plan them, and make drafts.

    OFFERLIFT_URL=https://offers.example OFFERLIFT_TOKEN=olr_... offerlift-mcp

The assistant's program starts it and talks to it over standard input and output. All it can do is what the token can:
read one store's tests, and make drafts where an admin allowed that. No tool, and no call of the API, launches, pauses,
or stops a test. Email addresses that people wrote into names and notes are left out of every answer.
"""

import os
import re
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import httpx2
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

TIMEOUT_S = 60  # the first report of a long test is computed while it is waited for
MOST_LISTED = 200
EMAIL_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
NO_ADDRESS = "(address left out)"
# What a report has by the day, by segment, and as raw sums, and each metric's other estimates: long, and easily taken
# for the result.
LONG_PARTS = {"series", "by_day", "segments", "heterogeneity", "curves", "effects", "sums", "without_days"}
OTHER_ESTIMATES = {"steps", "without_cuped", "without_cap"}
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
INSTRUCTIONS = """
Offerlift tests upsell offers at checkout. Revenue per visitor (rpv) decides, conversion is a guardrail, and average
order value (aov) explains. Lifts are fractions (0.05 is +5%); money is in minor units of the store's currency.

Say what a report's verdict says, with the interval, and don't call a test won while its verdict waits. Numbers of
segments and parts are exploratory. You can make drafts; only people launch, pause, and stop tests, in the console.
"""

Key = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=64, description="The test's key.")]
Moment = Literal["cart", "shipping", "payment", "exit_intent", "confirmation", "follow_up"]
Decision = Literal["roll_out", "keep_control", "iterate", "undecided"]
Status = Literal["draft", "scheduled", "running", "paused", "stopped", "concluded", "archived"]
server = MCPServer("offerlift", title="Offerlift", instructions=INSTRUCTIONS.strip())


@server.tool(annotations=READS)
async def list_tests(status: Status | None = None, moment: Moment | None = None) -> dict[str, Any]:
    """List the store's tests, the newest first, by status and moment where these are named."""
    return await listed("experiments/", status=status, moment=moment)


@server.tool(annotations=READS)
async def read_test(key: Key) -> dict[str, Any]:
    """Read one test: its hypothesis, variants, settings, and what was decided and learned."""
    return await call("GET", f"experiments/{quote(key)}/")


@server.tool(annotations=READS)
async def read_report(key: Key) -> dict[str, Any]:
    """Read a test's report: verdict, the one estimate of each metric (`final`), guardrails, health, and what is left.

    Days and segments are left out: read_metric has them.
    """
    return shortened(await call("GET", f"experiments/{quote(key)}/report/"))


@server.tool(annotations=READS)
async def read_metric(
    key: Key, metric: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,64}$", description="Its code in the report.")]
) -> dict[str, Any]:
    """Read one metric of a test within segments and day by day. This is exploratory."""
    return await call("GET", f"experiments/{quote(key)}/metrics/{quote(metric)}/")


@server.tool(annotations=READS)
async def search_playbook(
    words: str | None = None, moment: Moment | None = None, decision: Decision | None = None
) -> dict[str, Any]:
    """Find tests that are over: what was thought, shown, found, decided, and learned."""
    return await call("GET", "playbook/", q=words, moment=moment, decision=decision)


@server.tool(annotations=READS)
async def plan_test(  # noqa: PLR0913 -- an assistant reads these names
    what: Annotated[str, Field(description="A moment such as cart, or a template's key.")] = "cart",
    metric: Annotated[str, Field(description="rpv, aov, conversion, or a custom metric's code.")] = "rpv",
    smallest_lift_percent: Annotated[float | None, Field(ge=0.1, le=200)] = None,
    treatments: Annotated[int, Field(ge=1, le=5)] = 1,
    traffic_percent: Annotated[float | None, Field(ge=0.1, le=100)] = None,
    current_value: Annotated[float | None, Field(description="Money in major units, shares in percent.")] = None,
    standard_deviation: float | None = None,
    visitors_per_day: float | None = None,
    orders_percent: float | None = None,
) -> dict[str, Any]:
    """Plan a test: how many visitors and days it takes, by the store's own figures where none are given.

    `missing` names figures that the store hasn't measured yet: ask for them.
    """
    return await call(
        "GET",
        "plan/",
        what=what,
        metric=metric,
        mde=smallest_lift_percent,
        treatments=treatments,
        traffic=traffic_percent,
        mean=current_value,
        sd=standard_deviation,
        visitors=visitors_per_day,
        orders=orders_percent,
    )


@server.tool(annotations=READS)
async def list_templates() -> dict[str, Any]:
    """List what can be tested: each template's key, question, usual moment, and how many offers it needs."""
    return await call("GET", "templates/")


@server.tool(annotations=READS)
async def list_offers() -> dict[str, Any]:
    """List the store's offers, which a draft can sell."""
    return await listed("offers/")


@server.tool(annotations=READS)
async def list_annotations(since: str | None = None, until: str | None = None) -> dict[str, Any]:
    """List campaigns, price changes, and outages, by days such as 2026-11-27."""
    return await listed("annotations/", since=since, until=until)


@server.tool(annotations=WRITES)
async def draft_test(  # noqa: PLR0913 -- an assistant reads these names
    template: Annotated[str, Field(description="A template's key, from list_templates.")],
    name: str | None = None,
    hypothesis: str | None = None,
    moment: Moment | None = None,
    offers: Annotated[list[str] | None, Field(description="Keys of offers, in the template's order.")] = None,
    planned_sample: Annotated[int | None, Field(ge=100, description="Visitors per variant.")] = None,
    planned_days: Annotated[int | None, Field(ge=1)] = None,
) -> dict[str, Any]:
    """Make a draft of a test. Give the person its `url`: they check and launch it there. Nobody sees it before."""
    sent = {
        "template": template,
        "name": name,
        "hypothesis": hypothesis,
        "moment": moment,
        "offers": offers,
        "planned_sample": planned_sample,
        "planned_days": planned_days,
    }
    return await call("POST", "drafts/", body=without_nothing(sent))


async def listed(path: str, **query: Any) -> dict[str, Any]:
    """Return a list's first rows, and whether there are more of them."""
    answer = await call("GET", path, page_size=MOST_LISTED, **query)
    return {"results": answer["results"], "has_more": answer["next"] is not None}


async def call(method: str, path: str, *, body: Mapping[str, Any] | None = None, **query: Any) -> dict[str, Any]:
    """Return the API's answer. Raises ``ToolError`` with what it says is wrong, for the assistant to read."""
    address, token = settings()
    async with httpx2.AsyncClient(timeout=TIMEOUT_S, headers={"Authorization": f"Bearer {token}"}) as client:
        try:
            response = await client.request(
                method, f"{address}/api/v1/{path}", params=without_nothing(query), json=body
            )
        except httpx2.HTTPError as error:
            raise ToolError(f"Offerlift can't be reached at {address}: {type(error).__name__}.") from error
    if response.is_error:
        raise ToolError(f"Offerlift answered {response.status_code}: {without_addresses(problem_in(response))}")
    answer = without_addresses(response.json())
    if isinstance(answer, list):
        return {"results": answer}
    return dict(answer)


def problem_in(response: httpx2.Response) -> str:
    """Return what an answer says is wrong: the field's name with its text, or the text alone."""
    try:
        answer = response.json()
    except ValueError:  # a proxy's page, perhaps
        return "no reason was given."
    if isinstance(answer, dict) and set(answer) == {"detail"}:
        return str(answer["detail"])
    return str(answer)


def without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without those that weren't given."""
    return {name: value for name, value in values.items() if value is not None}


def shortened(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report with what its first screen has."""
    short = {name: part for name, part in report.items() if name not in LONG_PARTS}
    short["metrics"] = []
    for metric in report.get("metrics", ()):
        short["metrics"].append({name: part for name, part in metric.items() if name not in OTHER_ESTIMATES})
    return short


def without_addresses(value: Any) -> Any:
    """Return the value with every email address left out of its texts."""
    if isinstance(value, str):
        return EMAIL_ADDRESS.sub(NO_ADDRESS, value)
    if isinstance(value, dict):
        return {without_addresses(name): without_addresses(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_addresses(part) for part in value]
    return value


def settings() -> tuple[str, str]:
    """Return the console's address and the token. Raises ``ToolError`` naming the setting that is missing or wrong."""
    address, token = os.environ.get("OFFERLIFT_URL", "").rstrip("/"), os.environ.get("OFFERLIFT_TOKEN", "")
    parts = urlsplit(address)
    is_local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    # Over http, whoever is on the way could read the token.
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise ToolError("Set OFFERLIFT_URL to the console's address, beginning with https://.")
    if not token:
        raise ToolError("Set OFFERLIFT_TOKEN to an API token, from Setup, API tokens.")
    return address, token


def main() -> None:
    """Serve over standard input and output until the assistant's program ends."""
    try:
        settings()
    except ToolError as error:
        sys.exit(str(error))
    server.run("stdio")


if __name__ == "__main__":
    main()
