"""Nobody without the key reads or makes a file, and no file stands for another."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checkout_widgets.edge.publication.sealing import NotSealedByUs, seal, unseal

OLD, NEW = "the-old-key-of-the-installation", "the-new-key-of-the-installation"


@pytest.fixture(autouse=True)
def key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []


def test_seal_is_aes_256_gcm_with_a_key_derived_for_this_alone():
    sealed = seal(b"content", "index")
    # RFC 5116: nonce, then ciphertext with the tag; Django's salted HMAC hashes salt and secret to the HMAC's key
    key = hmac.new(sha256(b"offerlift.edge.publication" + OLD.encode()).digest(), b"AES-256-GCM", sha256).digest()
    assert sealed[:4] == b"OLC1"
    assert AESGCM(key).decrypt(sealed[4:16], sealed[16:], b"OLC1index") == b"content"


def test_seal_hides_the_content_and_is_never_twice_the_same():
    assert b"sk_secret" not in seal(b"sk_secret", "index")
    assert seal(b"content", "index") != seal(b"content", "index")


def test_unseal_any_changed_byte_is_refused():
    sealed = seal(b"content", "index")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(NotSealedByUs):
            unseal(bytes(changed), "index")


@pytest.mark.parametrize("sealed", [b"", b"OLC1", b"OLC1" + b"x" * 27, b"<html>" * 20])
def test_unseal_what_is_no_such_file_is_refused(sealed):
    with pytest.raises(NotSealedByUs):
        unseal(sealed, "index")


def test_unseal_file_in_the_place_of_another_is_refused():
    with pytest.raises(NotSealedByUs):
        unseal(seal(b"content", "stores/1"), "stores/2")


def test_unseal_knows_the_key_before_and_says_so(settings):
    sealed = seal(b"content", "index")
    assert unseal(sealed, "index") == (b"content", True)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert unseal(sealed, "index") == (b"content", False)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotSealedByUs, match="another SECRET_KEY"):
        unseal(sealed, "index")
