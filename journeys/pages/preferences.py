"""Unsubscribing and preferences: by a link that never expires, with a button, and at once by what a mail program sends.

GET shows and changes nothing: whoever checks links in e-mails would unsubscribe everybody. POST acts without cookies
(RFC 8058). It works when everything else that is known of somebody is erased, as the link has the address's digest.
"""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from checkout_widgets.edge.languages import known_locale, translated
from experiments.models import Store
from journeys.models import (
    BY_CHOICE,
    Address,
    Channel,
    ConsentBasis,
    ConsentRecord,
    CustomerMessage,
    MessageEvent,
    MessageEventKind,
    Suppression,
    SuppressionReason,
)
from journeys.pages.answering import answer, bad_link, words_of
from journeys.signed_links.signing import AddressLink, BadLink, read
from journeys.writing import wording

SOURCE = "preferences"


# The token says who asks, so that a form of another site could do nothing that the link itself couldn't.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button (GET), and unsubscribe (POST)."""
    found = store_and_link(token)
    if found is None:
        return bad_link()
    store, link = found
    words = words_of(link.locale, name_of(store))
    if request.method == "POST":
        stop(store, link, timezone.now())
        page = {"words": words, "title": words["unsubscribed_title"], "text": words["unsubscribed_text"]}
        return answer("notice", link.locale, page)
    label = translated(wording.UNSUBSCRIBE, known_locale(link.locale))
    return answer("unsubscribe", link.locale, {"words": words, "label": label})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what somebody gets (GET), and save what they want (POST)."""
    found = store_and_link(token)
    if found is None:
        return bad_link()
    store, link = found
    if request.method == "POST":
        save(store, link, wants_all="all" in request.POST, wants_topic="topic" in request.POST)
    gone = suppressed_topics(store, link)
    page = {
        "words": words_of(link.locale, name_of(store)),
        "is_saved": request.method == "POST",
        "has_topic": bool(link.topic),
        "gets_all": "" not in gone,
        "gets_topic": not gone & {"", link.topic},
    }
    return answer("preferences", link.locale, page)


def store_and_link(token: str) -> tuple[Store, AddressLink] | None:
    """Return what a token is for; None where it is none of ours, or the store is gone."""
    try:
        link = read(token, AddressLink)
    except BadLink:
        return None
    store = Store.objects.select_related("sender").filter(pk=link.store_id).first()
    if store is None:
        return None
    return store, link


def name_of(store: Store) -> str:
    """Return the store's name as its messages are signed with it."""
    sender = getattr(store, "sender", None)
    return (sender and sender.name) or store.name


def suppressed_topics(store: Store, link: AddressLink) -> set[str]:
    """Return what the address doesn't get: topics, and an empty one for all offers."""
    own = Suppression.objects.filter(store=store, channel=Channel.EMAIL, digest=link.digest.hex())
    return set(own.values_list("topic", flat=True))


def stop(store: Store, link: AddressLink, now: datetime, topic: str = "") -> None:
    """Send the address nothing more, or nothing of one topic."""
    with transaction.atomic():
        _row, is_new = Suppression.objects.get_or_create(
            store=store,
            channel=Channel.EMAIL,
            digest=link.digest.hex(),
            topic=topic,
            defaults={"reason": SuppressionReason.UNSUBSCRIBED, "at": now},
        )
        record(store, link, basis=ConsentBasis.NONE, topic=topic, now=now)
        message = CustomerMessage.objects.filter(pk=link.message_id, store=store).first()
        if is_new and message is not None:
            MessageEvent.objects.get_or_create(message=message, kind=MessageEventKind.UNSUBSCRIBED, at=now)


def save(store: Store, link: AddressLink, *, wants_all: bool, wants_topic: bool) -> None:
    """Save what somebody wants to get: all offers, and where the message was of a kind, those of the kind."""
    now = timezone.now()
    set_topic(store, link, "", is_wanted=wants_all, now=now)
    if link.topic and wants_all:  # without any offers, what somebody wants of one kind is left as it was
        set_topic(store, link, link.topic, is_wanted=wants_topic, now=now)


def set_topic(store: Store, link: AddressLink, topic: str, *, is_wanted: bool, now: datetime) -> None:
    """Begin or end what the address gets of a topic, where that is a change."""
    is_gone = topic in suppressed_topics(store, link)
    if is_wanted and is_gone:
        start_again(store, link, topic, now)
    if not is_wanted and not is_gone:
        stop(store, link, now, topic)


def start_again(store: Store, link: AddressLink, topic: str, now: datetime) -> None:
    """Let the address have messages again that it unsubscribed from; whoever bounced or complained stays out."""
    with transaction.atomic():
        Suppression.objects.filter(store=store, digest=link.digest.hex(), topic=topic, reason__in=BY_CHOICE).delete()
        record(store, link, basis=ConsentBasis.OPT_IN, topic=topic, now=now)


def record(store: Store, link: AddressLink, *, basis: ConsentBasis, topic: str, now: datetime) -> None:
    """Add what was said to what is known of the address, where anything is."""
    address = Address.objects.filter(store=store, channel=Channel.EMAIL, digest=link.digest.hex()).first()
    if address is not None:
        ConsentRecord.objects.get_or_create(address=address, basis=basis, topic=topic, source=SOURCE, said_at=now)
