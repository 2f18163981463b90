"""Addresses: nobody reads them without the key, and the right key opens them for ever."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from journeys import addresses
from journeys.addresses import MissingKeys, UnreadableAddress, mask, open_address, require_keys, seal
from journeys.models import Address
from tests import factories

OLD, NEW = "an-older-key-of-at-least-32-characters", "a-newer-key-of-at-least-32-characters"
TEXT = "Ada.Lovelace@shop.example"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = [OLD], "a-digest-key-of-at-least-32-characters"
    settings.SECRET_KEY = "another-key-that-has-no-part-in-this"


def stored(value: bytes, key_id: str, **fields: object) -> Address:
    return Address(store_id=1, value=value, key_id=key_id, **fields)


def test_sealed_address_is_opened_by_its_key_alone(settings):
    sealed = seal(TEXT, 1)
    assert open_address(stored(*sealed)) == TEXT
    assert b"Ada" not in sealed.value
    settings.ADDRESS_KEYS = [NEW]
    with pytest.raises(UnreadableAddress, match=f"{sealed.key_id}, which isn't in ADDRESS_KEYS"):
        open_address(stored(*sealed))


def test_sealed_address_is_what_others_read_by_the_named_standards():
    # Opened by the library alone: HKDF-SHA256 without salt, AES-256-GCM with a nonce of 12 bytes after the version.
    value, _ = seal(TEXT, 7)
    key = HKDF(SHA256(), 32, None, b"offerlift.addresses.encryption").derive(OLD.encode())
    assert value[:1] == b"\x01"
    assert AESGCM(key).decrypt(value[1:13], value[13:], b"7:email") == TEXT.encode()


def test_sealed_address_never_depends_on_the_secret_key(settings):
    sealed = seal(TEXT, 1)
    settings.SECRET_KEY = "replaced"
    assert open_address(stored(*sealed)) == TEXT


def test_newest_key_writes_and_the_older_still_reads(settings):
    old = seal(TEXT, 1)
    settings.ADDRESS_KEYS = [NEW, OLD]
    new = seal(TEXT, 1)
    assert new.key_id == addresses.newest_key_id() != old.key_id
    assert [open_address(stored(*sealed)) for sealed in (old, new)] == [TEXT, TEXT]


def test_sealed_address_moved_to_another_store_or_changed_is_not_read():
    sealed = seal(TEXT, 1)
    moved = stored(*sealed)
    moved.store_id = 2
    changed = stored(sealed.value[:-1] + bytes([sealed.value[-1] ^ 1]), sealed.key_id)
    short = stored(b"\x01short", sealed.key_id)
    for address in (moved, changed, short):
        with pytest.raises(UnreadableAddress):
            open_address(address)


def test_key_without_any_set_seals_nothing_and_says_which(settings):
    settings.ADDRESS_KEYS = []
    with pytest.raises(MissingKeys, match="ADDRESS_KEYS is not set"):
        seal(TEXT, 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada@shop.example", "a…@s….example"),
        ("a.b+c@mail.shop.co.uk", "a…@m….uk"),
        ("ada@localhost", "a…@l…"),
        ("ada@", "…"),
        ("nobody", "…"),
        ("", "…"),
    ],
)
def test_mask_keeps_what_tells_two_apart_and_no_more(text, shown):
    assert mask(text) == shown


@pytest.mark.django_db
def test_require_keys_accepts_the_keys_that_stored_addresses_need():
    factories.make_address(factories.make_contact(factories.make_store()), TEXT)
    require_keys()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("ADDRESS_KEYS", [], "ADDRESS_KEYS is not set"),
        ("ADDRESS_DIGEST_KEY", "", "ADDRESS_DIGEST_KEY is not set"),
        ("ADDRESS_KEYS", [NEW], "isn't in ADDRESS_KEYS"),
        ("ADDRESS_DIGEST_KEY", "another-digest-key-of-32-characters", "not the one"),
    ],
)
def test_require_keys_refuses_missing_keys_and_others_than_addresses_need(settings, setting, value, said):
    factories.make_address(factories.make_contact(factories.make_store()), TEXT)
    setattr(settings, setting, value)
    with pytest.raises(MissingKeys, match=said):
        require_keys()


@pytest.mark.django_db
def test_key_ids_in_use_are_those_of_all_rows(settings):
    contact = factories.make_contact(factories.make_store())
    first = factories.make_address(contact)
    settings.ADDRESS_KEYS = [NEW, OLD]
    second = factories.make_address(contact)
    assert addresses.key_ids_in_use() == {first.key_id, second.key_id}
