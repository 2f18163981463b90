"""The command that replaces a key of addresses."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories

OLD, NEW = "an-older-key-of-at-least-32-characters", "a-newer-key-of-at-least-32-characters"
pytestmark = pytest.mark.django_db


def run() -> str:
    out = StringIO()
    call_command("reencrypt_addresses", stdout=out)
    return out.getvalue()


def test_command_says_how_many_it_encrypted_and_names_what_it_could_not_open(settings):
    settings.ADDRESS_KEYS = [OLD]
    contact = factories.make_contact(factories.make_store())
    lost = factories.make_address(contact)
    settings.ADDRESS_KEYS = [NEW]
    with pytest.raises(CommandError, match=rf"1 address can't be opened \({lost.pk}\): add their key"):
        run()
    settings.ADDRESS_KEYS = [NEW, OLD]
    assert "Encrypted 1 address with the key" in run()
    assert "Encrypted 0 addresses" in run()


def test_command_without_a_key_says_what_to_set(settings):
    settings.ADDRESS_KEYS = []
    with pytest.raises(CommandError, match="ADDRESS_KEYS is not set"):
        run()
