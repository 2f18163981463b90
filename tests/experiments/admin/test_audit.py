"""The audit log in the admin: read by members of the store, changed by nobody."""

import pytest
from django.test import Client

from experiments.models import AuditEntry, Role
from tests import factories

URL = "/admin/experiments/auditentry/"
pytestmark = pytest.mark.django_db


def test_audit_log_shows_the_members_stores_alone_and_changes_nothing():
    store, other = factories.make_store(), factories.make_store()
    entry = AuditEntry.objects.create(store=store, actor="ada", action="erase_visitor", detail={"events": 3})
    AuditEntry.objects.create(store=other, actor="grace", action="erase_visitor")
    client = Client()
    client.force_login(factories.make_user(store, role=Role.ADMIN, is_staff=True))
    page = client.get(URL).content.decode()
    assert "ada" in page
    assert "grace" not in page
    assert "Events: 3" in client.get(f"{URL}{entry.pk}/change/").content.decode()
    assert client.post(f"{URL}{entry.pk}/change/", {"actor": "eve"}).status_code == 403
    assert client.post(f"{URL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{URL}add/").status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).actor == "ada"


@pytest.mark.slow
def test_entry_about_a_holdout_leads_to_it(superuser_client):
    holdout = factories.make_holdout(factories.make_store())
    entry = AuditEntry.objects.create(store=holdout.store, experiment=holdout, actor="ada", action="capped")
    assert holdout.name in superuser_client.get(f"{URL}{entry.pk}/change/").content.decode()
    assert superuser_client.get(f"/admin/experiments/experiment/{holdout.pk}/change/").status_code == 200
