"""Rules that hold for the whole code base."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.db.models import QuerySet

from config.version import version
from tests.guards.source import nodes_of, python_files

ROOT = Path(__file__).resolve().parent.parent
OURS = ("experiments", "checkout_widgets", "journeys", "dashboard", "demo")
MAY_IMPORT = {
    "experiments": {"experiments"},
    "checkout_widgets": {"experiments", "checkout_widgets"},
    "journeys": {"experiments", "checkout_widgets", "journeys"},
    "dashboard": {"experiments", "checkout_widgets", "journeys", "dashboard"},
    "demo": {"experiments", "checkout_widgets", "journeys", "demo"},
}


def imports(file: Path) -> Iterator[str]:
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.slow
@pytest.mark.parametrize("package", OURS)
def test_imports_point_one_way(package):
    forbidden = set(OURS) - MAY_IMPORT[package]
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in python_files(package)
        for name in imports(file)
        if name.split(".")[0] in forbidden
    ]
    assert wrong == []


def rooms_imported(file: Path, package: str) -> Iterator[str]:
    """The folders (or modules beside them) of the package that a file imports from."""
    for node in nodes_of(file):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{package}."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith(f"{package}."))


@pytest.mark.parametrize("package", OURS)
def test_folders_of_an_app_make_no_circle(package):
    below: dict[str, set[str]] = {}
    for file in python_files(package):
        room = file.relative_to(ROOT / package).with_suffix("").parts[0]
        if room not in {"migrations", "__init__"}:
            below.setdefault(room, set()).update(rooms_imported(file, package))
    for room, imported in below.items():
        imported.discard(room)  # a room may be as entangled in itself as it likes
    TopologicalSorter(below).prepare()  # raises CycleError, which names the circle


FLOORS = (
    {"models"},
    {"statistics", "assignment", "report", "plan"},
    {"decisions", "reading"},
    {"accounting"},
    {"analysis", "verdict"},
    {"snapshots"},
    {"running", "imports"},
)


def test_rooms_of_experiments_import_from_floors_below_them():
    height = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    wrong = [
        f"{file.relative_to(ROOT)}: {other}"
        for room, floor in height.items()
        for file in python_files(f"experiments/{room}")
        for other in rooms_imported(file, "experiments")
        if other != room and height.get(other, -1) >= floor and (other not in UNDER_ALL or room == "models")
    ]
    assert wrong == []


UNDER_ALL = {"statistics", "report"}  # they import nothing of ours, and are imported on their own floor too


ABOVE = {
    "experiments": "checkout_widgets|dashboard|demo_store",
    "checkout_widgets": "dashboard|demo_store",
    "dashboard": "demo_store",
}


@pytest.mark.parametrize("package", ABOVE)
def test_no_url_of_an_app_above_is_named(package):
    url_name = re.compile(rf"""["'](?:admin:)?(?:{ABOVE[package]})[:_]\w""")
    naming = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in (ROOT / package).rglob("*")
        if file.suffix in {".py", ".html"} and "migrations" not in file.parts
        for found in [url_name.search(file.read_text())]
        if found
    ]
    assert naming == []


def test_statistics_imports_nothing_of_ours_and_no_django():
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in python_files("experiments/statistics")
        for name in imports(file)
        if name.split(".")[0] in {*OURS, "django", "config"} and not name.startswith("experiments.statistics")
    ]
    assert wrong == []


READS_FILES = re.compile(
    r"csv\.(?:reader|DictReader|Sniffer)|gzip\.(?:open|GzipFile|decompress)|zlib\.decompress|ZipFile\([^)]*\"r|tarfile|bz2|lzma"
    r"|openpyxl|defusedxml"
)


def test_only_one_room_unpacks_and_splits_files():
    own_data = "experiments/programme/moments.py"  # its file is part of the product, not handed in
    reading = {
        str(file.relative_to(ROOT))
        for package in OURS
        for file in python_files(package)
        if READS_FILES.search(file.read_text())
    }
    room = {name for name in reading if name.startswith("experiments/tables/")}
    assert room
    assert reading - room == {own_data}


TABLES = re.compile(
    r"experiments_(?:exposure|exposureday|covariateday|touchedday|widgetevent|funnel(?:visitor|day|change))\b"
)
MODELS = {
    "Exposure",
    "ExposureDay",
    "CovariateDay",
    "TouchedDay",
    "WidgetEvent",
    "FunnelVisitor",
    "FunnelDay",
    "FunnelChange",
}
MANAGERS = {"exposures", "touched_days", "days", "events", "funnel_visitors", "funnel_days", "funnel_changes"}
NAME_THE_TABLES = {
    "experiments/models/": "the tables themselves",
    "experiments/reading/": "reads them, for everybody else",
    "experiments/accounting/": "writes them, and reads what it needs to write the rest: outcomes, sums, retention",
    "experiments/event_store/": "gives events from wherever they are, and moves them to ClickHouse and back",
    "checkout_widgets/offer_days/erased_views.py": "keeps an erased visitor's events until they are out of the counts",
    "checkout_widgets/erasure.py": "deletes what they hold of a visitor",
    "checkout_widgets/store_export.py": "writes every table of a store into a file, these too",
    "demo/after_order/moved_clock.py": "moves what the demo's customers did a day back, all of it or nothing",
    "dashboard/api/": "gives events out as they are stored, by a serializer of the model; asks reading for them",
}


def names_a_table(file: Path) -> bool:
    for node in nodes_of(file):
        match node:
            case ast.Name(id=name) | ast.alias(name=name) if name in MODELS:
                return True
            case ast.Constant(value=str(text)) if TABLES.search(text):
                return True
            case ast.Attribute(value=ast.Attribute(attr=manager), attr=method) if manager in MANAGERS:
                if hasattr(QuerySet, method):
                    return True
    return False


@pytest.mark.slow
def test_only_reading_names_the_tables_of_exposures_and_events():
    naming = {
        str(file.relative_to(ROOT))
        for package in OURS
        for file in python_files(package)
        if "migrations" not in file.parts and names_a_table(file)
    }
    naming |= {
        str(file.relative_to(ROOT))
        for package in OURS
        for file in (ROOT / package).rglob("*.sql")
        if TABLES.search(file.read_text())
    }
    assert {name for name in naming if not name.startswith(tuple(NAME_THE_TABLES))} == set()
    unused = [place for place in NAME_THE_TABLES if not any(name.startswith(place) for name in naming)]
    assert unused == [], "an exception that nobody needs"


def test_reading_asks_the_connection_that_is_read_at_the_moment():
    wrong = []
    for file in python_files("experiments/reading"):
        if file.name != "replica.py" and re.search(
            r"\bconnections?\.cursor|import .*\bconnections?\b", file.read_text()
        ):
            wrong.append(str(file.relative_to(ROOT)))
    assert wrong == [], "a report could not come from a replica: use read_connection"


def test_assignment_imports_no_django():
    wrong = [name for file in python_files("experiments/assignment") for name in imports(file) if "django" in name]
    assert wrong == []


def test_settings_from_the_environment_are_documented():
    settings = "".join(file.read_text() for file in python_files("config"))
    names = set(re.findall(r'(?:env\.\w+|flag|number)\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    assert len(names) >= 5
    assert names == documented


def test_lock_files_hold_no_addresses():
    locks = [*ROOT.glob("*.lock"), *ROOT.glob("package-lock.json")]
    assert len(locks) >= 2
    for lock in locks:
        assert not re.search(r'"resolved"|--index-url|https?://[^"]*\.(whl|tgz|tar\.gz)', lock.read_text()), lock.name


def test_project_tells_tools_the_version_and_the_dependencies_that_there_are():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()]
    assert project["dependencies"] == [line for line in lines if line]
    assert project["version"] == version()
    locked_for = re.search(r"--python-version (\S+)", (ROOT / "tools/lock.sh").read_text())
    assert locked_for
    assert project["requires-python"] == f">={locked_for[1]}"


def locked_names() -> set[str]:
    names = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    return {name.replace("-", "_") for name in names}


def needed_at_run_time(file: Path) -> Iterator[str]:
    """The top-level packages that a file can't do without: not those for type checkers, nor what it tries."""
    blocks = [node for node in nodes_of(file) if isinstance(node, ast.If | ast.Try)]
    optional = {id(node) for block in blocks for node in ast.walk(block)}
    for node in nodes_of(file):
        if isinstance(node, ast.Import) and id(node) not in optional:
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and id(node) not in optional:
            yield node.module.partition(".")[0]


@pytest.mark.slow
def test_product_imports_nothing_that_only_the_checks_install():
    ours = {*OURS, "config", "tools"}
    files = [file for package in (*OURS, "config") for file in python_files(package)]
    foreign = {name for file in files for name in needed_at_run_time(file)} - sys.stdlib_module_names - ours
    assert "django" in foreign
    distributions = packages_distributions()
    missing = []
    for name in sorted(foreign):
        installed_by = {one.lower().replace("-", "_") for one in distributions.get(name, [])}
        if not installed_by & locked_names():
            missing.append(name)
    assert missing == [], "add it to requirements.in and run make lock"


def test_links_between_documents_lead_somewhere():
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    broken = [
        f"{name}: {target}"
        for name in tracked.stdout.split()
        if "static/vendor" not in name
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", (ROOT / name).read_text())
        if not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_no_text_has_the_marks_of_a_conflict():
    listed = subprocess.run(["git", "grep", "-lE", "^(<{7}|>{7}) "], cwd=ROOT, capture_output=True, text=True)
    assert listed.stdout == ""


def test_changes_of_the_consoles_pages_are_announced_in_one_place():
    """A live region that is put into a page together with its words is silent; one that is said at each key annoys."""
    regions, nameless = [], []
    for file in sorted((ROOT / "dashboard").rglob("*.html")):
        text = file.read_text()
        regions += [file.name] * len(re.findall(r'aria-live|role="(?:status|log)"', text))
        for tag in re.findall(r"<\w[^<>]*\bdata-announce\b[^<>]*", text):
            if ' id="' not in tag:
                nameless.append(f"{file.name}: {tag}")
    assert regions == ["base.html"]
    assert nameless == []


def first_sentence(folder: Path) -> str:
    """What the folder's first file says happens there."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    sentence = re.match(r"(.+?)\.(?:\s|$)", said, re.DOTALL)
    assert sentence, f"{folder.relative_to(ROOT)}/__init__.py begins with a sentence that says what happens there"
    return " ".join(sentence[1].split()).replace("``", "`")


def tracked_folders() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    folders = {str(Path(name).parent) for name in listed.stdout.split() if (ROOT / name).exists()}
    return {name for name in folders if name.split("/")[0] in {*OURS, "config", "bench"} and "migrations" not in name}


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


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_one_version_of_everything_for_every_python(name):
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", (ROOT / name).read_text(), re.MULTILINE)
    names = [package for package, _, _ in pinned]
    assert len(names) > 50
    assert sorted(names) == sorted(set(names)), "two versions of one package"
    # What is for Python in a browser alone (Emscripten) is never installed here.
    here = [(package, marker) for package, _, marker in pinned if "== 'emscripten'" not in marker]
    assert [package for package, marker in here if "python" in marker.replace("platform_python", "")] == []


def test_no_template_of_ours_replaces_a_private_part_of_the_theme():
    templates = [file for package in OURS for file in (ROOT / package).rglob("templates/unfold/**/*") if file.is_file()]
    assert templates == []


GETTEXT = {
    "_",
    "gettext",
    "gettext_noop",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
# Texts that are noted by gettext_noop where they are defined, because a page and a program need them.
NOTED_BEFORE = {
    "MESSAGE",
    "self.name",
    "self.signal",
    "self.offer",
    "self.forms",
    "self.meaning",
    "self.heading",
    "error.template",
}
UNNAMED_PLACEHOLDERS = re.compile(r"(?<!%)%[sdrif]|\{\}")


def gettext_calls(file: Path) -> Iterator[ast.Call]:
    for node in nodes_of(file):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            yield node


@pytest.mark.parametrize("package", [*OURS, "config"])
def test_texts_given_to_gettext_can_be_collected_and_translated(package):
    """Only literals are collected; a translator has to see what a placeholder stands for, and may move it."""
    wrong = []
    for file in python_files(package):
        for call in gettext_calls(file):
            message = call.args[0]
            if ast.unparse(message) in NOTED_BEFORE:
                continue
            text = message.value if isinstance(message, ast.Constant) else None
            if not isinstance(text, str) or UNNAMED_PLACEHOLDERS.search(text):
                wrong.append(f"{file.relative_to(ROOT)}:{call.lineno}")
    assert wrong == []
