"""``POST /v1/answers``: what a visitor answered to the store's question. Safe to repeat; a later answer replaces it."""

from typing import Annotated

from msgspec import Meta, Struct

from checkout_widgets.edge import payloads, question_signing
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import AnswerBody
from checkout_widgets.edge.question_signing import BadQuestionToken, QuestionToken
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.models import ConfirmationAnswer


class Answered(Struct):
    """The answer: the tag that is kept now."""

    tag: Annotated[str, Meta(max_length=64)]


@endpoint(max_bytes=5_000, source="answers")
def answers(call: Call) -> Answered:
    """Keep the answer of the visitor whom the token names."""
    body = call.decode(payloads.answer)
    store = call.store_for_page(body.key)
    token = token_for(store, body, call)
    question = store.question
    if question is None or question.number != token.number:
        raise ApiError(409, "question_ended", "The store doesn't ask this question anymore.")
    if body.tag not in question.tags:
        raise ApiError(400, "bad_field", "The question has no answer with this tag.", field="tag")
    keep(call, token, body.tag)
    return Answered(body.tag)


def token_for(store: StoreConfiguration, body: AnswerBody, call: Call) -> QuestionToken:
    """Return what the token says. Raises ``ApiError`` for one of nobody's, of another store, or expired."""
    try:
        token = question_signing.read(body.question_token)
    except BadQuestionToken as error:
        raise ApiError(401, "bad_token", str(error)) from error
    if token.store_id != store.id or token.expires_at < call.now.timestamp():
        raise ApiError(401, "bad_token", "The question token is of another store, or has expired.")
    return token


def keep(call: Call, token: QuestionToken, tag: str) -> None:
    """Store the answer; the same once more changes nothing."""
    answer, is_new = ConfirmationAnswer.objects.get_or_create(
        store_id=token.store_id,
        visitor_id=token.visitor_id,
        number=token.number,
        defaults={"tag": tag, "at": call.now},
    )
    if is_new or answer.tag == tag:
        return
    # What followed from the first answer may not follow from this one.
    changed = ConfirmationAnswer.objects.filter(pk=answer.pk)
    changed.update(tag=tag, at=call.now, is_followed_up=False)
