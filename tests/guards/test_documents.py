"""Documents say what is there: settings, paths, links, and the map of the rooms."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.guards.source import APPS, ROOT, python_files


def test_settings_from_the_environment_are_documented():
    settings = "".join(file.read_text() for file in python_files("config"))
    names = set(re.findall(r'(?:env\.\w+|flag|number)\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    assert len(names) >= 5
    assert names == documented


def test_links_between_documents_lead_somewhere():
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    broken = []
    for name in tracked.stdout.split():
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", (ROOT / name).read_text()):
            place = (ROOT / name).parent.joinpath(target).resolve()
            if "static/vendor" not in name and not (place.exists() and place.is_relative_to(ROOT)):
                broken.append(f"{name}: {target}")
    assert broken == []


def test_no_text_has_the_marks_of_a_conflict():
    listed = subprocess.run(["git", "grep", "-lE", "^(<{7}|>{7}) "], cwd=ROOT, capture_output=True, text=True)
    assert listed.stdout == ""


def first_sentence(folder: Path) -> str:
    """What the folder's first file says happens there."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    sentence = re.match(r"(.+?)\.(?:\s|$)", said, re.DOTALL)
    assert sentence, f"{folder.relative_to(ROOT)}/__init__.py begins with a sentence that says what happens there"
    return " ".join(sentence[1].split()).replace("``", "`")


def tracked_folders() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    folders = {str(Path(name).parent) for name in listed.stdout.split() if (ROOT / name).exists()}
    return {name for name in folders if name.split("/")[0] in {*APPS, "config", "bench"} and "migrations" not in name}


INTEGRATIONS = ("mcp", "medusa", "python", "shopify", "snippet", "woocommerce")
WITHOUT_A_SENTENCE = {*(f"integrations/{name}" for name in INTEGRATIONS), "static/src", "tests"}
NOT_ON_THE_MAP = re.compile(r"/(?:management|templatetags|formats/de|formats/en|formats)$|/management/")


def test_map_of_the_rooms_is_the_tree():
    page = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| `([\w/]+)/` \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    told = {name: said for name, said, _ in rows if name not in WITHOUT_A_SENTENCE}
    first = {name: first_sentence(ROOT / name) for name in tracked_folders()}
    assert told == {name: said for name, said in first.items() if name in told or not NOT_ON_THE_MAP.search(name)}
    missing = [
        f"{name}/{start}"
        for name, _, starts in rows
        for start in re.findall(r"`([\w./]+)`", starts)
        if not (ROOT / name / start).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md"])
def test_paths_that_a_page_names_exist(page):
    named = re.findall(r"`((?:\w[\w-]*/)+(?:[\w.-]+\.\w+)?)`", (ROOT / page).read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_no_text_names_a_folder_of_somebodys_machine():
    """``/home/you/`` is an example's."""
    pattern = r"(^|[^[:alnum:].])/(root|home/[a-z]+|Users/[A-Za-z]+)/"
    options = ["-nIE", pattern, "--", ".", ":!static/vendor", ":!tests/guards"]
    listed = subprocess.run(["git", "grep", *options], cwd=ROOT, capture_output=True, text=True)
    assert [line for line in listed.stdout.splitlines() if "/home/you/" not in line] == []
