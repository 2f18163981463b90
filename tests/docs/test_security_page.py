"""What docs/security.md says of headers, keys, and connections is what there is."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.guards.source import nodes_of, python_files

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
PACKAGES = ("config", "experiments", "checkout_widgets", "journeys", "dashboard", "demo")
# What opens connections. All others of the standard library's and ours go through one of these.
OPENING = re.compile(
    r"^(http\.client|urllib\.request|smtplib|socket|requests|urllib3|dns|authlib|httpx|clickhouse_driver|opentelemetry\.exporter)(\.|$)"
)
# They listen, look for a free port, or set a time limit, and connect to nobody else.
ON_THIS_MACHINE = {"config/console_server.py", "config/embedded_postgres.py", "config/time_limit.py"}


def section(heading: str) -> str:
    """The text below a heading."""
    return PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def names_imported(file: Path) -> set[str]:
    names = set()
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_every_file_that_opens_connections_is_listed():
    opening = set()
    for package in PACKAGES:
        for file in python_files(package):
            if any(map(OPENING.match, names_imported(file))):
                opening.add(file.relative_to(ROOT).as_posix())
    listed = set(re.findall(r"`(\S+\.py)`", section("What is sent home")))
    assert opening - ON_THIS_MACHINE == listed


def test_every_key_among_the_settings_has_a_way_to_replace_it():
    operations = (ROOT / "docs" / "operations.md").read_text()
    settings = re.findall(r"`([A-Z_]+)`", "".join(re.findall(r"^\| (`[^|]+) \|", operations, re.MULTILINE)))
    keys = {
        name for name in settings if re.search(r"(KEYS?|TOKEN|SECRET)$|^(DATABASE|REPORTS_DATABASE|EMAIL)_URL$", name)
    }
    assert len(keys) >= 9
    rows = section("Keys and tokens, and how each is replaced without downtime")
    assert {name for name in keys if f"`{name}`" not in rows} == set()


@pytest.mark.django_db
def test_every_header_of_the_console_is_sent(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000  # as with HTTPS=1
    answer = Client().get("/login/", secure=True)
    promised = 0
    for line in section("Headers").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        name = re.fullmatch(r"`([\w-]+)`", cells[0])
        if name is None or not cells[1]:
            continue
        promised += 1
        exact = re.match(r"`([^`]+)`$", cells[1])
        assert name[1] in answer.headers
        if exact is not None:
            assert answer.headers[name[1]] == exact[1]
    assert promised == 7
