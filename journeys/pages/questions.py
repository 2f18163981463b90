"""The answer to a message's question: shown and sent by a button, as programs open links too."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from journeys.models import CustomerMessage, QuestionAnswer
from journeys.pages.answering import answer, bad_link, words_of
from journeys.pages.preferences import name_of
from journeys.sending.composing import document_of
from journeys.signed_links.signing import AnswerLink, BadLink, read
from journeys.writing.document import QuestionBlock, UnsendableDocument
from journeys.writing.document import read as read_document


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer once more (GET), and store it (POST); a later one takes its place."""
    try:
        link = read(token, AnswerLink)
    except BadLink:
        return bad_link()
    messages = CustomerMessage.objects.select_related("store__sender", "contact", "send_point__step")
    message = messages.filter(pk=link.message_id, store=link.store_id).first()
    text = message and choice_text(message, link)
    if message is None or not text:
        return bad_link()
    locale = message.contact.locale
    words = words_of(locale, name_of(message.store))
    if request.method == "POST":
        QuestionAnswer.objects.update_or_create(
            message=message,
            defaults={"contact": message.contact, "question": link.question, "tag": link.tag, "at": timezone.now()},
        )
        return answer(
            "notice", locale, {"words": words, "title": words["answered_title"], "text": words["answered_text"]}
        )
    return answer("question", locale, {"words": words, "answer": text})


def choice_text(message: CustomerMessage, link: AnswerLink) -> str:
    """Return the answer as the message said it; empty where the message has no such answer."""
    try:
        document = read_document(document_of(message))
    except UnsendableDocument:
        # The answer counts even where the message was written anew since: it is stored by its tag.
        return ""
    for block in document.blocks:
        if isinstance(block, QuestionBlock) and block.id == link.question:
            return next((choice.text for choice in block.choices if choice.tag == link.tag), "")
    return ""
