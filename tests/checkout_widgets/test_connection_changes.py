"""What an admin does to connections."""

import pytest

from checkout_widgets.connection_changes import replace_secret, save_secret, switch
from checkout_widgets.models import Connection
from experiments.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


def test_save_secret_of_a_store_leaves_the_others_alone():
    store, other = factories.make_store(), factories.make_store()
    factories.make_connection(other)
    save_secret(store, "shopify", "ours", actor="ada")
    assert Connection.objects.get(store=other).secret == "test-secret-not-real"
    assert Connection.objects.get(store=store).secret == "ours"
    assert AuditEntry.objects.get().store == store


def test_replace_secret_keeps_the_one_before_for_a_week():
    connection = factories.make_connection(factories.make_store())
    replace_secret(connection, "", actor="ada")
    connection.refresh_from_db()
    assert len(connection.secret) > 40
    assert connection.previous_secret == "test-secret-not-real"
    assert connection.secret not in str(AuditEntry.objects.get().detail)


def test_switch_to_what_it_is_writes_nothing():
    connection = factories.make_connection(factories.make_store())
    switch(connection, is_active=True, actor="ada")
    assert not AuditEntry.objects.exists()
