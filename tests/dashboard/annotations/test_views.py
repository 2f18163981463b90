"""The page of annotations: added, changed, removed and imported by editors, and by nobody else."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from experiments.models import Annotation, AuditEntry, Store
from tests import factories

pytestmark = pytest.mark.django_db
TYPED = {"kind": "outage", "text": "Payment down", "first_day": "2026-11-27"}
PAGE = "/annotations/?store=tea"


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea")


def signed_in(store: Store, role: str = "editor") -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, username=role))
    return client


def annotate(store: Store, **fields: Any) -> Annotation:
    defaults = {"kind": "campaign", "text": "Sale", "first_day": "2026-11-27", "last_day": "2026-11-27"}
    return Annotation.objects.create(store=store, **defaults | fields)


def test_editor_adds_a_day_and_sees_it(store):
    client = signed_in(store)
    page = client.post(PAGE, TYPED, follow=True).content.decode()
    assert "“Payment down” was added." in page
    assert "27 Nov 2026" in page
    added = Annotation.objects.get()
    assert (str(added.last_day), added.created_by) == ("2026-11-27", "editor")


def test_form_begins_with_the_test_that_the_link_came_from(store):
    factories.make_experiment(store, key="cart", name="Cake stand")
    page = signed_in(store).get(f"{PAGE}&test=cart").content.decode()
    assert "selected>Cake stand</option>" in page


def test_wrong_days_are_told_beside_the_field(store):
    answer = signed_in(store).post(PAGE, TYPED | {"last_day": "2026-11-01"})
    assert answer.status_code == 422
    assert "The last day is before the first day." in answer.content.decode()
    assert not Annotation.objects.exists()


def test_editor_changes_and_removes_an_annotation(store):
    annotation, client = annotate(store), signed_in(store)
    address = f"/annotations/tea/{annotation.pk}/"
    assert 'value="Sale"' in client.get(address).content.decode()
    client.post(address, TYPED | {"text": "Summer sale"})
    annotation.refresh_from_db()
    assert annotation.text == "Summer sale"
    assert AuditEntry.objects.latest("pk").detail["text"] == ["Sale", "Summer sale"]
    client.post(f"{address}remove/")
    assert not Annotation.objects.exists()


def test_editor_imports_a_file_and_is_told_what_is_wrong_with_another(store):
    client = signed_in(store)

    def send(text: str) -> Any:
        file = SimpleUploadedFile("calendar.csv", text.encode())
        return client.post("/annotations/tea/file/", {"file": file}, follow=True)

    assert "1 annotation added." in send("first_day,text\n2026-11-27,Sale\n").content.decode()
    refused = send("first_day,text\n27/11/2026,Sale\n")
    assert refused.status_code == 422
    assert "is not a day: write it like 2026-11-27" in refused.content.decode()
    assert client.post("/annotations/tea/file/").status_code == 422


def test_viewer_sees_annotations_and_can_do_nothing(store):
    annotation, client = annotate(store), signed_in(store, role="viewer")
    page = client.get(PAGE).content.decode()
    assert "Sale" in page
    assert "Add an annotation" not in page
    assert client.post(PAGE, TYPED).status_code == 403
    assert client.post(f"/annotations/tea/{annotation.pk}/remove/").status_code == 403
    assert client.post("/annotations/tea/file/").status_code == 403
    assert Annotation.objects.count() == 1


def test_another_stores_annotation_is_not_found(store):
    foreign = annotate(factories.make_store(slug="foreign"))
    client = signed_in(store)
    assert client.get(f"/annotations/tea/{foreign.pk}/").status_code == 404
    assert client.post(f"/annotations/tea/{foreign.pk}/remove/").status_code == 404
    assert client.post(f"/annotations/foreign/{foreign.pk}/remove/").status_code == 404
    assert Annotation.objects.count() == 1


def test_store_without_annotations_says_what_to_do(store):
    assert "No annotations yet." in signed_in(store).get(PAGE).content.decode()
