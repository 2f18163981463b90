"""A file of annotations: read whole or not at all, and the same file again changes nothing."""

from datetime import date
from io import BytesIO

import pytest

from experiments.imports.annotations import AnnotationImport, import_annotations
from experiments.models import Annotation, Store
from experiments.tables import BadFile
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = "first_day,last_day,kind,text,test,confounding,id\n"
GOOD = f"{HEADER}2026-11-27,2026-11-30,Price change,Black Friday,cart,yes,cal-7\n2026-12-06,,,St Nicholas,,,\n"


@pytest.fixture
def store() -> Store:
    store = factories.make_store()
    factories.make_experiment(store, key="cart")
    return store


def read(store: Store, text: str, is_skipping_bad_rows: bool = False) -> AnnotationImport:
    return import_annotations(BytesIO(text.encode()), store, actor="ada", is_skipping_bad_rows=is_skipping_bad_rows)


def test_file_adds_its_annotations_once(store):
    result = read(store, GOOD)
    assert (result.added, result.changed, result.unchanged) == (2, 0, 0)
    black_friday = Annotation.objects.get(external_id="cal-7")
    assert (black_friday.kind, black_friday.is_confounding) == ("price_change", True)
    assert black_friday.experiment is not None
    assert black_friday.experiment.key == "cart"
    nicholas = Annotation.objects.get(external_id="")
    assert (nicholas.kind, nicholas.last_day, nicholas.experiment) == ("other", date(2026, 12, 6), None)
    again = read(store, GOOD)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    moved = read(store, GOOD.replace("Black Friday", "Black Week"))
    assert (moved.added, moved.changed, moved.unchanged) == (0, 1, 1)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("27.11.2026,,,Sale,,,", "first_day '27.11.2026' is not a day: write it like 2026-11-27"),
        ("2026-11-27,,party,Sale,,,", "kind 'party' is not a kind: write one of campaign, price_change"),
        ("2026-11-27,,,,,,", "text is empty"),
        ("2026-11-27,,,Sale,nothing,,", "test 'nothing' is not the key of a test of this store"),
        ("2026-11-27,,,Sale,,perhaps,", "confounding 'perhaps' is neither yes nor no"),
        ("2026-11-27,2026-11-26,,Sale,,,", "The last day is before the first day."),
    ],
)
def test_bad_row_is_named_and_nothing_is_stored(store, row, why):
    with pytest.raises(BadFile, match="Nothing was imported") as refused:
        read(store, f"{GOOD}{row}\n")
    assert f"row 3: {why}" in str(refused.value)
    assert not Annotation.objects.exists()


def test_bad_rows_can_be_skipped(store):
    result = read(store, f"{GOOD}nonsense,,,Sale,,,\n", is_skipping_bad_rows=True)
    assert (result.added, result.bad_rows) == (2, 1)


def test_file_without_a_column_says_which(store):
    with pytest.raises(BadFile, match="no column 'text'"):
        read(store, "first_day,name\n2026-11-27,Sale\n")


def test_test_of_another_store_is_unknown(store):
    factories.make_experiment(key="foreign")
    with pytest.raises(BadFile, match="is not the key of a test of this store"):
        read(store, f"{HEADER}2026-11-27,,,Sale,foreign,,\n")
