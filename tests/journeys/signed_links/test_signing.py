"""Links can't be made, changed or used for something else by anybody else."""

import random
from base64 import urlsafe_b64encode

import msgspec
import pytest

from journeys.signed_links.signing import AddressLink, AnswerLink, BadLink, OfferLink, mac_of, read, sign

OFFER = OfferLink(store_id=1, message_id=2, offer_id=3, price_minor=990, expires_at=2_000_000_000)
ADDRESS = AddressLink(store_id=1, digest=b"d" * 32, topic="", message_id=2, locale="de")


@pytest.fixture(autouse=True)
def key(settings):
    settings.ADDRESS_DIGEST_KEY = "never changes"


def test_link_says_what_was_signed():
    assert read(sign(OFFER), OfferLink) == OFFER
    assert read(sign(ADDRESS), AddressLink) == ADDRESS
    assert len(sign(ADDRESS)) < 120


def test_link_that_was_sent_before_pairs_still_leads_to_its_offer():
    class SentBefore(msgspec.Struct, array_like=True, frozen=True):
        store_id: int
        message_id: int
        offer_id: int
        price_minor: int
        expires_at: int

    body = msgspec.msgpack.encode(SentBefore(1, 2, 3, 990, 2_000_000_000))
    token = urlsafe_b64encode(body + mac_of(body, OfferLink)).decode().rstrip("=")
    assert read(token, OfferLink) == OFFER


def test_longest_link_of_a_pair_is_read():
    most = 2**63 - 1
    link = OfferLink(most, most, most, most, most, sold=(most, most), pairs_version=most)
    assert read(sign(link), OfferLink) == link


def test_link_of_one_kind_is_none_of_another():
    with pytest.raises(BadLink):
        read(sign(OFFER), AddressLink)
    with pytest.raises(BadLink):
        read(sign(AnswerLink(store_id=1, message_id=2, question="q", tag="t")), OfferLink)


def test_no_forged_or_altered_token_is_accepted():
    chance, tokens = random.Random(5), [sign(OFFER), sign(ADDRESS)]
    accepted = 0
    for _ in range(1_000):
        token = list(chance.choice(tokens))
        for _change in range(chance.randint(1, 3)):
            place = chance.randrange(len(token))
            token[place] = chance.choice([one for one in "abcXYZ019-_=é" if one != token[place]])
        for kind in (OfferLink, AddressLink):
            try:
                read("".join(token), kind)
            except BadLink:
                continue
            accepted += 1
    assert accepted == 0


@pytest.mark.parametrize("token", ["", "a", "=" * 20, "\N{SNOWMAN}", "A" * 5_000, sign.__name__])
def test_text_that_is_no_token_is_refused(token):
    with pytest.raises(BadLink):
        read(token, OfferLink)


def test_link_of_another_key_is_refused(settings):
    token = sign(OFFER)
    settings.ADDRESS_DIGEST_KEY = "another"
    with pytest.raises(BadLink):
        read(token, OfferLink)
