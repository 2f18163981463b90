"""What has one owner is done nowhere else: reading files, the tables of events, saying what changed on a page."""

import ast
import re
from pathlib import Path

import pytest
from django.db.models import QuerySet

from tests.guards.source import APPS, ROOT, nodes_of, python_files

READS_FILES = re.compile(
    r"csv\.(?:reader|DictReader|Sniffer)|gzip\.(?:open|GzipFile|decompress)|zlib\.decompress|ZipFile\([^)]*\"r|tarfile|bz2|lzma"
    r"|openpyxl|defusedxml"
)


def test_only_one_room_unpacks_and_splits_files():
    own_data = "experiments/programme/moments.py"  # its file is part of the product, not handed in
    reading = {
        str(file.relative_to(ROOT))
        for package in APPS
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
        for package in APPS
        for file in python_files(package)
        if "migrations" not in file.parts and names_a_table(file)
    }
    naming |= {
        str(file.relative_to(ROOT))
        for package in APPS
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


def test_no_template_of_ours_replaces_a_private_part_of_the_theme():
    templates = [file for package in APPS for file in (ROOT / package).rglob("templates/unfold/**/*") if file.is_file()]
    assert templates == []
