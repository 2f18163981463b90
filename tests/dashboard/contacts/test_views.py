"""The pages of contacts: found by an exact match, masked, and in full only for editors, who are noted."""

import pytest
from django.test import Client

from experiments.models import AuditAction, AuditEntry, Store
from tests import factories

pytestmark = pytest.mark.django_db
TEXT = "ada.lovelace@shop.example"


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea")


def signed_in(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, username=role))
    return client


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("who", [TEXT, " Ada.Lovelace@Shop.example", "77", "R-1001"])
def test_contact_is_found_by_the_exact_address_id_or_order_and_the_search_is_noted_without_it(store, who):
    contact = factories.make_contact(store, customer_key="i_77")
    factories.make_address(contact, TEXT)
    factories.make_order(store, external_id="R-1001", customer_key="i_77")
    answer = signed_in(store, "viewer").post("/contacts/?store=tea", {"who": who})
    assert answer["Location"] == f"/contacts/tea/{contact.pk}/"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail) == ("contact_searched", "viewer", {"contact": contact.pk})


def test_contact_is_not_found_by_a_part_of_the_address_or_in_another_store(store):
    other = factories.make_contact(factories.make_store(), customer_key="i_77")
    factories.make_address(other, TEXT)
    viewer = signed_in(store, "viewer")
    for who in ("lovelace", TEXT, "77"):
        answer = viewer.post("/contacts/?store=tea", {"who": who})
        assert answer.status_code == 422
        assert "No customer has this address or number" in answer.text
    assert viewer.get(f"/contacts/tea/{other.pk}/").status_code == 404
    assert actions() == []


def test_page_masks_addresses_and_shows_consent_problems_and_orders(store):
    contact = factories.make_contact(store, customer_key="i_77")
    factories.make_consent(factories.make_address(contact, TEXT))
    factories.make_order(store, customer_key="i_77", external_id="zz-5501")
    page = signed_in(store, "viewer").get(f"/contacts/tea/{contact.pk}/").text
    assert "a…@s….example" in page
    assert "Opted in" in page
    assert "zz-5501" in page
    assert "lovelace" not in page
    assert "Show address" not in page


def test_address_is_shown_to_editors_alone_and_noted(store):
    contact = factories.make_contact(store)
    factories.make_address(contact, TEXT)
    url = f"/contacts/tea/{contact.pk}/addresses/"
    assert signed_in(store, "viewer").post(url).status_code == 403
    assert actions() == []
    editor = signed_in(store, "editor")
    assert "Show address" in editor.get(f"/contacts/tea/{contact.pk}/").text
    answer = editor.post(url)
    assert TEXT in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get().action == AuditAction.ADDRESS_SHOWN
    assert AuditEntry.objects.get().detail == {"contact": contact.pk}
