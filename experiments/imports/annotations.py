"""Annotations from a file: one a row, so that a marketing calendar needn't be typed again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from experiments import annotating
from experiments.annotating import AnnotationFields
from experiments.models import AnnotationKind, Experiment, Store
from experiments.models.annotation import LONGEST_ID, LONGEST_TEXT
from experiments.tables import COMMAND, BadRow, Limits, Row, RowErrors, cells, open_table

COLUMNS = ("first_day", "last_day", "kind", "text", "test", "confounding", "id")
NEEDED = ("first_day", "text")
DAY_EXAMPLE = "2026-11-27"
YES, NO = frozenset({"yes", "true", "1", "x"}), frozenset({"", "no", "false", "0"})


@dataclass(slots=True, kw_only=True)
class AnnotationImport(RowErrors):
    """What came of an import."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ReadAnnotation:
    """A row that can be stored; without an ``external_id`` it is known by its days and text."""

    external_id: str
    fields: AnnotationFields


def import_annotations(
    file: BinaryIO,
    store: Store,
    *,
    actor: str,
    is_skipping_bad_rows: bool = False,
    limits: Limits = COMMAND,
) -> AnnotationImport:
    """Add the file's annotations to the store, in one transaction; the same file again changes nothing.

    Rows with an ``id`` change the annotation of that id. Raises ``BadFile`` where the file can't be read, or has a bad
    row (unless skipped).
    """
    result = AnnotationImport()
    rows = read_rows(file, store, result, limits)
    if not is_skipping_bad_rows:
        result.refuse()
    with transaction.atomic():
        for row in rows:
            keep(store, row, actor, result)
    return result


def read_rows(file: BinaryIO, store: Store, result: AnnotationImport, limits: Limits) -> list[ReadAnnotation]:
    """Return the file's good rows; ``result`` gets what is wrong with the others. Raises ``BadFile``."""
    table = open_table(file, known=COLUMNS, limits=limits)
    table.require(NEEDED)
    result.notes = table.notes
    tests = {experiment.key: experiment for experiment in store.experiments.all()}
    found = []
    for row in table.rows:
        try:
            found.append(read_row(row, tests))
        except BadRow as error:
            result.add_error(row.where, error)
    return found


def read_row(row: Row, tests: Mapping[str, Experiment]) -> ReadAnnotation:
    """Return what a row says. Raises ``BadRow``."""
    row.check()
    first_day = day(row, "first_day")
    last_day = first_day
    if row["last_day"]:
        last_day = day(row, "last_day")
    fields = AnnotationFields(
        kind=kind(row),
        text=cells.text(row, "text", LONGEST_TEXT),
        first_day=first_day,
        last_day=last_day,
        is_confounding=is_yes(row, "confounding"),
        experiment=test(row, tests),
    )
    try:
        annotating.check(fields)
    except ValidationError as error:
        raise BadRow(" ".join(error.messages)) from None
    return ReadAnnotation(cells.optional_text(row, "id", LONGEST_ID), fields)


def day(row: Row, column: str) -> date:
    """Return a day. Raises ``BadRow``."""
    value = cells.text(row, column, 40)
    try:
        return date.fromisoformat(value)
    except ValueError:
        reason = _("is not a day: write it like {example}").format(example=DAY_EXAMPLE)
        raise cells.fault(row, column, reason) from None


def kind(row: Row) -> str:
    """Return the kind; ``other`` where the row has none. Raises ``BadRow``."""
    value = cells.optional_text(row, "kind", 40).casefold().replace(" ", "_")
    if not value:
        return AnnotationKind.OTHER
    if value not in AnnotationKind.values:
        known = ", ".join(AnnotationKind.values)
        raise cells.fault(row, "kind", _("is not a kind: write one of {kinds}").format(kinds=known))
    return value


def is_yes(row: Row, column: str) -> bool:
    """Return whether a cell says yes. Raises ``BadRow``."""
    value = cells.optional_text(row, column, 40).casefold()
    if value in YES:
        return True
    if value in NO:
        return False
    raise cells.fault(row, column, _("is neither yes nor no: write one of them"))


def test(row: Row, tests: Mapping[str, Experiment]) -> Experiment | None:
    """Return the test that the row is about; ``None`` where it is about all. Raises ``BadRow``."""
    key = cells.optional_text(row, "test", 64)
    if not key:
        return None
    if key not in tests:
        raise cells.fault(row, "test", _("is not the key of a test of this store: leave it empty for all tests"))
    return tests[key]


def keep(store: Store, row: ReadAnnotation, actor: str, result: AnnotationImport) -> None:
    """Store a row, and count what came of it."""
    kept = annotating.keep(store, row.external_id, row.fields, actor=actor)
    result.added += kept.is_new
    result.changed += kept.is_changed
    result.unchanged += not (kept.is_new or kept.is_changed)
