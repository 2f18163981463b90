"""The pages of files of contacts: for admins alone, checked before they are imported, and progress while they are."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from experiments.models import Store
from journeys.contact_files.jobs import import_contact_file
from journeys.models import Address, ContactFile
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = b"email,consent,at\nada.lovelace@shop.example,opt_in,2026-01-01\nno,opt_in,2026-01-01\n"


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea")


@pytest.fixture
def admin(store: Store) -> Client:
    return signed_in(store, "admin")


def signed_in(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def upload(client: Client, body: bytes = GOOD, kind: str = "contacts", store: str = "tea") -> Any:
    return client.post(f"/contacts/{store}/files/", {"kind": kind, "file": SimpleUploadedFile("zz.csv", body)})


def test_file_is_checked_shown_imported_and_gone(admin, store):
    url = upload(admin)["Location"]
    page = admin.get(url).text
    assert "1 row can be imported." in page
    assert "row 2: email can&#x27;t be read" in page
    assert "a…@s….example" in page
    assert "lovelace" not in page
    assert Address.objects.count() == 0  # nothing before somebody says so
    assert admin.post(f"{url}import/")["Location"] == url
    assert "data-live" in admin.get(url, headers={"HX-Request": "true"}).text
    import_contact_file(file_id=ContactFile.objects.get().pk)
    part = admin.get(url, headers={"HX-Request": "true"}).text
    assert "data-live" not in part
    assert "New addresses" in part
    assert "<html" not in part
    assert Address.objects.get().store == store
    assert "Imported" in admin.get("/contacts/tea/files/").text


def test_file_can_be_removed_before_it_is_imported(admin):
    url = upload(admin)["Location"]
    admin.post(f"{url}discard/")
    assert ContactFile.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"mail\nada@shop.example\n", "no column"),
        (b"PK\x03\x04zz", "a ZIP archive or an Excel workbook"),
        (b"", "empty"),
    ],
)
def test_file_that_is_no_table_of_addresses_is_refused_with_a_reason(admin, body, said):
    answer = upload(admin, body)
    assert answer.status_code == 422
    assert said in answer.text
    assert ContactFile.objects.count() == 0


def test_without_keys_nothing_is_kept_and_the_page_says_what_to_do(admin, settings):
    settings.ADDRESS_KEYS = []
    answer = upload(admin)
    assert answer.status_code == 422
    assert "Ask its operator to set ADDRESS_KEYS" in answer.text
    assert ContactFile.objects.count() == 0


@pytest.mark.parametrize("kind", ["contacts", "opt_outs"])
def test_template_can_be_imported_as_it_is(admin, kind):
    answer = admin.get(f"/contacts/tea/files/{kind}.csv")
    assert "attachment" in answer["Content-Disposition"]
    url = upload(admin, answer.content, kind)["Location"]
    row = ContactFile.objects.get(pk=int(url.split("/")[-2]))
    assert (row.rows, row.bad_rows, row.notes) == (2, 0, [])
    assert admin.get("/contacts/tea/files/zz.csv").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_files_are_the_admins_alone(store, admin, role):
    url = upload(admin)["Location"]
    member = signed_in(store, role)
    for address in (url, "/contacts/tea/files/", "/contacts/tea/files/contacts.csv"):
        assert member.get(address).status_code == 403
    for act in ("import", "discard"):
        assert member.post(f"{url}{act}/").status_code == 403
    assert upload(member).status_code == 403
    assert "Import contacts" not in member.get("/contacts/?store=tea").text
    assert "Import contacts" in admin.get("/contacts/?store=tea").text


def test_file_of_another_store_is_not_there(admin):
    other = factories.make_store(slug="coffee")
    url = upload(signed_in(other, "admin"), store="coffee")["Location"]
    assert admin.get(url).status_code == 404
    assert admin.get(url.replace("coffee", "tea")).status_code == 404
    assert admin.post(f"{url.replace('coffee', 'tea')}import/").status_code == 404
    assert ContactFile.objects.get().state == "checked"
