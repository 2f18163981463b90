"""Annotations by the API: read with every token, written with one that may."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from experiments.models import Annotation, ApiToken, AuditEntry
from tests import factories
from tests.dashboard.api.conftest import make_token

pytestmark = pytest.mark.django_db
SENT = {"kind": "campaign", "text": "Black Friday", "first_day": "2026-11-27", "last_day": "2026-11-30"}


def put(token: str, name: str = "cal-7", **fields: Any) -> Any:
    client = Client(headers={"authorization": f"Bearer {token}"})
    return client.put(f"/api/v1/annotations/{name}/", SENT | fields, content_type="application/json")


@pytest.fixture
def writer(experiment) -> str:
    return make_token(experiment.store, can_annotate=True)


def test_annotation_is_added_once_and_then_changed(experiment, writer, get):
    answer = put(writer, experiment=experiment.key, is_confounding=True)
    assert answer.status_code == 201
    assert answer.json()["id"] == "cal-7"
    assert put(writer, experiment=experiment.key, is_confounding=True).status_code == 200
    assert put(writer, text="Black Week").json()["text"] == "Black Week"
    (listed,) = get("annotations/").json()["results"]
    assert (listed["id"], listed["text"], listed["experiment"]) == ("cal-7", "Black Week", None)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor")) == [
        ("annotated", "API: Reports"),
        ("annotation_changed", "API: Reports"),
    ]


def test_annotation_without_a_last_day_is_of_one_day(writer):
    client = Client(headers={"authorization": f"Bearer {writer}"})
    sent = {name: value for name, value in SENT.items() if name != "last_day"}
    client.put("/api/v1/annotations/one/", sent, content_type="application/json")
    assert Annotation.objects.get().last_day == date(2026, 11, 27)


def test_token_that_may_only_read_is_told_how_to_get_leave(token):
    answer = put(token)
    assert answer.status_code == 403
    assert "An admin of the store can allow annotations" in answer.json()["detail"]
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.delete("/api/v1/annotations/cal-7/").status_code == 403
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "party"}, "kind"),
        ({"text": ""}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"first_day": "27.11.2026"}, "first_day"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"experiment": "foreign"}, "experiment"),
    ],
)
def test_annotation_that_cannot_be_names_the_field(writer, fields, name):
    factories.make_experiment(key="foreign")
    answer = put(writer, **fields)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_annotation_is_removed_by_its_id(writer):
    put(writer)
    client = Client(headers={"authorization": f"Bearer {writer}"})
    assert client.delete("/api/v1/annotations/cal-7/").status_code == 204
    assert client.delete("/api/v1/annotations/cal-7/").status_code == 404


def test_another_stores_annotations_are_neither_listed_nor_touched(writer, get):
    foreign = make_token(factories.make_store(slug="foreign"), can_annotate=True)
    put(foreign, text="Foreign")
    assert get("annotations/").json()["results"] == []
    client = Client(headers={"authorization": f"Bearer {writer}"})
    assert client.delete("/api/v1/annotations/cal-7/").status_code == 404
    assert put(writer).status_code == 201
    assert Annotation.objects.filter(text="Foreign").count() == 1
    assert ApiToken.objects.count() >= 2


def test_annotations_are_listed_by_days(writer, get):
    put(writer)
    assert len(get("annotations/", since="2026-11-30").json()["results"]) == 1
    assert get("annotations/", since="2026-12-01").json()["results"] == []
    assert get("annotations/", until="2026-11-26").json()["results"] == []
    assert get("annotations/", since="never").status_code == 400
