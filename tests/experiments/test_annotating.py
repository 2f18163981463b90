"""Annotations are kept with who said what, and said again they stay one."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from experiments import annotating
from experiments.annotating import AnnotationFields
from experiments.models import Annotation, AuditEntry, Experiment, Store
from tests import factories

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


def said(**fields: Any) -> AnnotationFields:
    defaults: dict[str, Any] = {"kind": "campaign", "text": "Black Friday", "first_day": FRIDAY, "last_day": MONDAY}
    return AnnotationFields(**defaults | fields)


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def experiment(store: Store) -> Experiment:
    return factories.make_experiment(store, key="cart")


def acts() -> list[tuple[str, str, str | None]]:
    entries = AuditEntry.objects.order_by("pk")
    return list(entries.values_list("action", "actor", "experiment__key"))


def test_added_annotation_is_in_the_audit_trail_of_its_test(store, experiment):
    annotating.add(store, said(experiment=experiment, is_confounding=True), actor="ada")
    assert acts() == [("annotated", "ada", "cart")]
    assert AuditEntry.objects.get().detail == {
        "kind": "campaign",
        "text": "Black Friday",
        "first_day": "2026-11-27",
        "last_day": "2026-11-30",
        "is_confounding": True,
        "experiment": "cart",
    }


def test_changed_annotation_notes_both_values_and_nothing_where_nothing_changed(store):
    annotation = annotating.add(store, said(), actor="ada")
    assert not annotating.change(annotation, said(), actor="bo")
    assert annotating.change(annotation, said(text="Cyber Monday"), actor="bo")
    assert acts() == [("annotated", "ada", None), ("annotation_changed", "bo", None)]
    assert AuditEntry.objects.latest("pk").detail == {"text": ["Black Friday", "Cyber Monday"]}


def test_removed_annotation_stays_in_the_audit_trail(store):
    annotating.remove(annotating.add(store, said(), actor="ada"), actor="bo")
    assert not Annotation.objects.exists()
    assert AuditEntry.objects.latest("pk").detail["text"] == "Black Friday"


def test_annotation_kept_under_an_id_is_changed_when_it_is_sent_again(store):
    first = annotating.keep(store, "cal-7", said(), actor="API: calendar")
    again = annotating.keep(store, "cal-7", said(), actor="API: calendar")
    other = annotating.keep(store, "cal-7", said(text="Moved"), actor="API: calendar")
    assert [(kept.is_new, kept.is_changed) for kept in (first, again, other)] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert Annotation.objects.get().text == "Moved"


def test_annotation_kept_without_an_id_is_known_by_what_it_says(store):
    assert annotating.keep(store, "", said(), actor="ada").is_new
    assert not annotating.keep(store, "", said(), actor="ada").is_new
    assert annotating.keep(factories.make_store(slug="other"), "", said(), actor="ada").is_new


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"last_day": date(2026, 11, 26)}, "last_day"),
        ({"last_day": date(2028, 1, 1)}, "last_day"),
        ({"first_day": date(1900, 1, 1)}, "first_day"),
        ({"kind": "party"}, "kind"),
        ({"text": ""}, "text"),
        ({"text": "x" * 201}, "text"),
    ],
)
def test_annotation_that_cannot_be_is_refused_by_field(store, fields, name):
    with pytest.raises(ValidationError) as refused:
        annotating.add(store, said(**fields), actor="ada")
    assert name in refused.value.message_dict
    assert not AuditEntry.objects.exists()


def test_annotation_of_another_stores_test_is_refused(store):
    foreign = factories.make_experiment(key="foreign")
    with pytest.raises(ValidationError) as refused:
        annotating.add(store, said(experiment=foreign), actor="ada")
    assert refused.value.message_dict == {"experiment": ["The store has no such test."]}
