"""Two secrets count while one replaces the other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from checkout_widgets.models import Connection
from tests import factories


@pytest.mark.django_db
def test_secrets_after_replacing_count_both_until_the_overlap_ends():
    connection = factories.make_connection(factories.make_store(), secret="old")
    assert connection.secrets(timezone.now()) == ["old"]
    connection.replace_secret("new")
    connection.refresh_from_db()
    assert connection.secrets(timezone.now() + timedelta(days=6, hours=23)) == ["new", "old"]
    assert connection.secrets(timezone.now() + timedelta(days=7, seconds=1)) == ["new"]


@pytest.mark.django_db
def test_secret_in_use_lives_its_seven_days_however_often_another_is_typed():
    connection = factories.make_connection(factories.make_store(), secret="in use")
    for secret in ("typo", "typo", "new", "new"):
        connection.replace_secret(secret)
    connection.refresh_from_db()
    now = timezone.now()
    assert connection.secrets(now) == ["new", "typo", "in use"]
    assert connection.secrets(now + timedelta(days=6, hours=23)) == ["new", "typo", "in use"]
    assert connection.secrets(now + timedelta(days=7, seconds=1)) == ["new"]


@pytest.mark.django_db
def test_connection_without_a_secret_is_refused():
    with pytest.raises(IntegrityError, match="connection_has_a_secret"):
        Connection.objects.create(store=factories.make_store(), kind="shopify", secret="")
