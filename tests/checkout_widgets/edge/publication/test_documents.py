"""What is published is what the database says, whichever way it comes."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from checkout_widgets import send_points_today, shopper_answers, shopper_stages
from checkout_widgets.edge import live_configuration, loading
from checkout_widgets.edge.publication import documents
from checkout_widgets.edge.publication.documents import COLUMNS, BadDocument, document_of, rows_of, values_of
from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.publisher import Publisher
from checkout_widgets.edge.rows import StoreRows, read_rows
from checkout_widgets.models import ConfirmationQuestion
from experiments.models import Experiment, Store
from tests import factories
from tests.checkout_widgets.edge.recorded import answers, questions, stores

pytestmark = pytest.mark.django_db
MIGRATION = import_module("checkout_widgets.migrations.0016_versions_of_stores")
SECOND_OFFERS = import_module("checkout_widgets.migrations.0040_second_offers_count")
QUESTIONS = import_module("checkout_widgets.migrations.0052_questions_on_confirmation")


def flat(rows: StoreRows) -> list[Any]:
    """All columns of all rows of a store, in their order."""
    found: list[Any] = [values_of(rows.store)]
    for experiment in [*rows.experiments, *filter(None, [rows.holdout])]:
        for row in (experiment.experiment, *experiment.variants, *experiment.widgets):
            found.append((type(row), [getattr(row, column) for column in COLUMNS[type(row)]]))
    for offer in rows.offers:
        found += [values_of(offer.offer), offer.accepted, offer.tiers, offer.offer.replaces]
        found += [(item.quantity, values_of(item.product)) for item in offer.items]
    return found


@pytest.mark.slow
def test_document_brings_every_row_of_every_store_back_as_the_database_has_it():
    stores.make_stores()
    all_rows = read_rows()
    assert len(all_rows) == len(questions.SLUGS)
    for rows in all_rows:
        document = document_of(rows)
        restored = rows_of(document)
        assert flat(restored) == flat(rows)
        assert document_of(restored) == document


def test_document_brings_the_days_send_points_back():
    store = factories.make_store()
    ends_at = datetime.now(UTC) + timedelta(hours=3)
    send_points_today.keep(store.pk, ends_at, [2**64 - 1, 7, 7], "three")
    [rows] = read_rows()
    held = loading.store_of(rows_of(document_of(rows))).send_points
    assert held == loading.store_of(rows).send_points
    assert held is not None
    assert (held.ends_at, list(held.keys)) == (ends_at, [7, 7, 2**64 - 1])


def test_document_brings_the_stages_of_shoppers_back_and_is_as_before_without():
    store = factories.make_store()
    [rows] = read_rows()
    assert b"stages" not in document_of(rows)
    shopper_stages.keep(store.pk, {8: "care", 2**64 - 8: "usage"})
    shopper_answers.keep(store.pk, ["size"], [(256, 0)], "one")
    [rows] = read_rows()
    assert loading.store_of(rows_of(document_of(rows))).answers == loading.store_of(rows).answers
    assert rows_of(document_of(rows)).answers == rows.answers
    held = loading.store_of(rows_of(document_of(rows))).stages
    assert held == loading.store_of(rows).stages
    assert held is not None
    assert list(held.keys) == [8 | 4, (2**64 - 8) | 3]


def test_document_brings_the_question_back_while_it_is_shown():
    store = factories.make_store()
    question = ConfirmationQuestion.objects.create(
        store=store, text="What for?", choices=[{"tag": "a", "text": "A"}], translations={"de": {"text": "Wofür?"}}
    )
    [rows] = read_rows()
    assert b"question" not in document_of(rows)
    ConfirmationQuestion.objects.filter(pk=question.pk).update(is_on=True)
    [rows] = read_rows()
    held = loading.store_of(rows_of(document_of(rows))).question
    assert held == loading.store_of(rows).question
    assert held is not None
    assert (held.number, held.tags, held.translations) == (1, {"a"}, {"de": {"text": "Wofür?"}})


@pytest.mark.parametrize("number", [40, pytest.param(questions.NUMBER, marks=pytest.mark.slow)])
def test_decide_answers_recorded_questions_from_what_is_published(tmp_path: Path, monkeypatch, number):
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    stores.make_stores()
    folder = ConfigurationFolder(tmp_path / "published")
    with override_settings(CONFIGURATION_URL=f"file://{folder.path}", **answers.SETTINGS):
        Publisher(folder).publish_changes(datetime.now(UTC))
        answered = [answers.digest(answer) for answer in answers.answers_to(number)]
        counted = [answers.digest(answer) for answer in answers.counted()]
    recorded = answers.FILE.read_text().split()
    assert answered == recorded[:number]
    # what was counted is recorded of all questions alone
    assert (counted == recorded[questions.NUMBER :]) is (number == questions.NUMBER)


@pytest.mark.slow
def test_document_is_enough_to_build_a_store_without_a_query(monkeypatch, django_assert_num_queries):
    stores.make_stores()
    written = [document_of(rows) for rows in read_rows()]

    def with_nothing_else(model: Any, values: dict[str, Any]) -> Any:
        """The row with all other columns deferred: whatever asks for one makes a query."""
        fields = [field for field in model._meta.concrete_fields if field.attname in COLUMNS[model]]
        held = {field.attname: field.to_python(values[field.attname]) for field in fields}
        return model.from_db("default", list(held), list(held.values()))

    monkeypatch.setattr(documents, "row_of", with_nothing_else)
    with django_assert_num_queries(0):
        built = [loading.store_of(rows_of(document)) for document in written]
    assert sum(len(store.tests) for store in built) > 20


def test_columns_that_are_published_are_counted_by_the_triggers():
    tables = MIGRATION.TABLES | {SECOND_OFFERS.TABLE: (SECOND_OFFERS.STORES, SECOND_OFFERS.IGNORED)}
    tables[QUESTIONS.TABLE] = QUESTIONS.STORES, ""
    for model, columns in COLUMNS.items():
        _stores, ignored = tables[model._meta.db_table]
        assert set(columns) & set(ignored.split()) == set(), model


def test_document_keeps_numbers_and_times_that_json_readers_round():
    experiment = factories.make_live_experiment(ends_at=datetime(2026, 12, 1, 8, 0, 0, 123_457, tzinfo=UTC))
    rule = '{"field": "cart_value_minor", "op": "at_most", "value": 123456789012345678901234567890.5}'
    with connection.cursor() as cursor:
        cursor.execute("UPDATE experiments_experiment SET targeting = %s, traffic_share = 0.1", [rule])
    [rows] = read_rows([experiment.store_id])
    [restored] = rows_of(document_of(rows)).experiments
    assert restored.experiment.targeting == Experiment.objects.get().targeting
    assert restored.experiment.traffic_share == 0.1
    assert restored.experiment.ends_at == datetime(2026, 12, 1, 8, 0, 0, 123_457, tzinfo=UTC)


def test_document_holds_no_draft_and_nothing_that_the_edge_does_not_need():
    store = factories.make_store(name="Nobody's business", preview_url="https://shop.example/secret-preview")
    factories.make_live_experiment(store, key="shown", hypothesis="They buy more")
    factories.make_live_experiment(store, key="hidden-draft", status="draft")
    [rows] = read_rows([store.pk])
    text = document_of(rows).decode()
    assert '"shown"' in text
    for word in ("hidden-draft", "Nobody's business", "secret-preview", "They buy more"):
        assert word not in text


def test_document_of_one_store_has_no_other_stores_rows():
    mine, other = (factories.make_live_experiment().store for _ in range(2))
    [rows] = read_rows([mine.pk])
    assert other.secret_key not in document_of(rows).decode()
    assert len(rows.experiments) == len(rows.offers) == 1


def test_document_column_of_another_release_is_left_out_or_has_its_default():
    store = factories.make_live_experiment().store
    [rows] = read_rows([store.pk])
    values = json.loads(document_of(rows))
    values["store"]["new_column"] = 7
    del values["store"]["max_offers_per_day"]
    assert rows_of(json.dumps(values).encode()).store.max_offers_per_day == Store().max_offers_per_day


@pytest.mark.parametrize("change", [{"format": 2}, {"store": None}, {"offers": [{}]}, {"experiments": 7}])
def test_document_that_can_not_be_read_is_refused(change):
    [rows] = read_rows([factories.make_live_experiment().store_id])
    with pytest.raises(BadDocument):
        rows_of(json.dumps(json.loads(document_of(rows)) | change).encode())
