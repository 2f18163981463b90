"""Replacing a key: every address gets the newest, whenever it is interrupted."""

import pytest

from journeys.addresses import newest_key_id, open_address
from journeys.models import Address
from journeys.reencryption import outdated, reencrypt
from tests import factories

OLD, NEW = "an-older-key-of-at-least-32-characters", "a-newer-key-of-at-least-32-characters"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ADDRESS_KEYS = [OLD]


def texts() -> list[str]:
    return [open_address(address) for address in Address.objects.order_by("pk")]


def test_reencrypt_gives_all_the_newest_key_and_goes_on_after_an_interruption(settings):
    contact = factories.make_contact(factories.make_store())
    for number in range(5):
        factories.make_address(contact, f"a{number}@shop.example")
    before = texts()
    settings.ADDRESS_KEYS = [NEW, OLD]
    assert next(reencrypt(size=2)).done == 2  # and then somebody stops it
    assert outdated().count() == 3
    assert sum(batch.done for batch in reencrypt(size=2)) == 3
    settings.ADDRESS_KEYS = [NEW]
    assert texts() == before
    assert set(Address.objects.values_list("key_id", flat=True)) == {newest_key_id()}


def test_reencrypt_leaves_what_no_key_opens_and_names_it(settings):
    contact = factories.make_contact(factories.make_store())
    lost, kept = factories.make_address(contact), None
    settings.ADDRESS_KEYS = [NEW]
    kept = factories.make_address(contact)
    [batch] = reencrypt()
    assert batch.unreadable == (lost.pk,)
    assert batch.done == 0
    assert open_address(kept)
    lost.refresh_from_db()
    settings.ADDRESS_KEYS = [NEW, OLD]
    assert open_address(lost)
