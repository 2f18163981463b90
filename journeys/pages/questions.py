"""The answer to a message's question: shown and sent by a button, as programs open links too."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from checkout_widgets.customer_news import FrictionNews
from experiments.models import Order
from journeys import friction, scores
from journeys.models import Contact, CustomerMessage, Friction, FrictionKind, QuestionAnswer
from journeys.pages.answering import answer, bad_link, words_of
from journeys.pages.preferences import name_of
from journeys.sending.composing import document_of
from journeys.signed_links.signing import AnswerLink, BadLink, read
from journeys.writing.document import AskingBlock, UnsendableDocument
from journeys.writing.document import read as read_document

SCORE = "score"  # the source of what follows from an answer


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer once more (GET), and store it (POST); a later one takes its place."""
    try:
        link = read(token, AnswerLink)
    except BadLink:
        return bad_link()
    messages = CustomerMessage.objects.select_related(
        "store__sender", "contact", "send_point__step", "send_point__run__order"
    )
    message = messages.filter(pk=link.message_id, store=link.store_id).first()
    text = message and choice_text(message, link)
    if message is None or not text:
        return bad_link()
    locale = message.contact.locale
    words = words_of(locale, name_of(message.store))
    if request.method == "POST":
        keep_answer(message, link, timezone.now())
        return answer(
            "notice", locale, {"words": words, "title": words["answered_title"], "text": words["answered_text"]}
        )
    return answer("question", locale, {"words": words, "answer": text})


def keep_answer(message: CustomerMessage, link: AnswerLink, now: datetime) -> None:
    """Store an answer; a low score is a problem of the contact, until another answer takes its place."""
    with transaction.atomic():
        # Against news of the same customer, which counts the same open problems.
        contact = Contact.objects.select_for_update().get(pk=message.contact_id)
        QuestionAnswer.objects.update_or_create(
            message=message, defaults={"contact": contact, "question": link.question, "tag": link.tag, "at": now}
        )
        if scores.is_low(link.tag):
            news = FrictionNews(kind=FrictionKind.LOW_SCORE, external_id=str(message.pk), opened_at=now, updated_at=now)
            friction.record(contact, SCORE, [news], order_of(message))
        elif scores.score_of(link.tag) is not None:
            of_message = Friction.objects.filter(contact=contact, kind=FrictionKind.LOW_SCORE, source=SCORE)
            of_message.filter(external_id=str(message.pk)).delete()
            friction.recompute(contact)


def order_of(message: CustomerMessage) -> Order | None:
    """Return the order that a message followed."""
    if message.send_point is None:
        return None
    return message.send_point.run.order


def choice_text(message: CustomerMessage, link: AnswerLink) -> str:
    """Return the answer as the message said it; empty where the message has no such answer."""
    try:
        document = read_document(document_of(message))
    except UnsendableDocument:
        # The answer counts even where the message was written anew since: it is stored by its tag.
        return ""
    for block in document.blocks:
        if isinstance(block, AskingBlock) and block.id == link.question:
            return next((choice.text for choice in block.choices if choice.tag == link.tag), "")
    return ""
