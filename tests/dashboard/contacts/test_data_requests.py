"""Requests for data: admins see when they are due and download the answer, which is noted."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import DataRequest
from experiments.models import AuditEntry, Store
from tests import factories
from tests.journeys.whole_customer import customer_with_everything

pytestmark = pytest.mark.django_db
TEXT = "ada.lovelace@shop.example"


@pytest.fixture
def request_row() -> DataRequest:
    store = factories.make_store(slug="tea")
    customer_with_everything(store, "i_77", TEXT, "77")
    customer_with_everything(store, "i_78", "other@shop.example", "78")
    return DataRequest.objects.create(
        store=store,
        source="shopify",
        external_id="9999",
        customer_key="i_77",
        received_at=timezone.now() - timedelta(days=31),
    )


def signed_in(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, username=role))
    return client


def test_request_is_late_after_thirty_days_and_answered_by_a_download(request_row):
    admin = signed_in(request_row.store, "admin")
    assert "Late" in admin.get("/contacts/?store=tea").text
    answer = admin.post(f"/contacts/tea/requests/{request_row.pk}/")
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    tables = json.loads(answer.content)["tables"]
    assert tables["address"][0]["address"] == TEXT
    assert "other@shop.example" not in answer.text
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail["request"]) == ("export_store", "admin", "9999")
    assert "Downloaded by admin" in admin.get("/contacts/?store=tea").text


@pytest.mark.slow
def test_request_is_the_admins_of_the_store_alone(request_row):
    url = f"/contacts/tea/requests/{request_row.pk}/"
    for role in ("viewer", "editor"):
        member = signed_in(request_row.store, role)
        assert "Requests for data" not in member.get("/contacts/?store=tea").text
        assert member.post(url).status_code == 403
    other = factories.make_store(slug="coffee")
    assert signed_in(other, "admin").post(url.replace("tea", "coffee")).status_code == 404
    assert DataRequest.objects.get().answered_at is None
