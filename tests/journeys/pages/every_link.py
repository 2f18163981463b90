"""Every kind of link of a message, what could change by opening them, and tokens that nobody has signed."""

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from checkout_widgets.models import Acceptance
from experiments.models import Store
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    CustomerMessage,
    MessageEvent,
    QuestionAnswer,
    SendPoint,
    Suppression,
)
from journeys.signed_links.signing import AddressLink, AnswerLink, OfferLink, sign
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.journeys.writing.documents import EVERY_BLOCK

TABLES = (Acceptance, Address, ConsentRecord, Contact, CustomerMessage, QuestionAnswer, SendPoint, Suppression)


def make_links(store: Store) -> dict[str, str]:
    """A message with an offer and a question: its links by kind, each with the token at its end."""
    make_sender(store)
    offer = factories.make_offer(store, key="lid", price_minor=990)
    message = make_message(make_step(store, document=EVERY_BLOCK))
    common: dict[str, Any] = {"store_id": store.pk, "message_id": message.pk}
    expires_at = int((timezone.now() + timedelta(days=1)).timestamp())
    address = AddressLink(digest=bytes.fromhex(message.address_digest), topic="", locale="en", **common)
    return {
        "/m/": sign(OfferLink(offer_id=offer.pk, price_minor=990, expires_at=expires_at, **common)),
        "/m/u/": sign(address),
        "/m/p/": sign(address),
        "/m/q/": sign(AnswerLink(question="a", tag="warmth", **common)),
    }


def stored() -> dict[str, Any]:
    """All that opening a link must not change, and that nothing but fetches was heard."""
    rows: dict[str, Any] = {}
    for table in TABLES:
        rows[table.__name__] = list(table._default_manager.order_by("pk").values())
    rows["heard"] = set(MessageEvent.objects.values_list("kind", flat=True)) - {"fetched"}
    return rows


def forged(token: str, chance: random.Random) -> Iterator[str]:
    """Yield tokens that are like a signed one, without end: a bit or a letter changed, cut, longer, of another kind."""
    signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    while True:
        at = chance.randrange(len(signed))
        bit = bytes([signed[at] ^ (1 << chance.randrange(8))])
        yield encoded(signed[:at] + bit + signed[at + 1 :])
        yield encoded(signed[: -chance.randrange(1, 40)])
        yield encoded(signed + chance.randbytes(chance.randrange(1, 20)))
        yield encoded(signed[:-16] + chance.randbytes(16))
        yield encoded(chance.randbytes(chance.randrange(1, 120)))
        yield token.swapcase()
        yield token + "="
        place = chance.randrange(len(token))
        yield token[:place] + "%00" + token[place:]


def encoded(signed: bytes) -> str:
    return urlsafe_b64encode(signed).decode().rstrip("=")
