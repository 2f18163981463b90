"""An e-mail is written as Django writes it, by what any program reads of it."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from journeys.sending.mime import content_of

HTML = f"<p>{'ä long line of words ' * 200}</p>\n.\n..\n<p>=3D and a space at the end </p>\n"


def make_email(**changes: Any) -> EmailMultiAlternatives:
    fields: dict[str, Any] = {
        "subject": "How is the mug?",
        "body": "Wait\n.\n..for it, Zoë \n",
        "from_email": "Tea shop <hello@tea.example>",
        "to": ["ada@shop.example"],
        "reply_to": ["reply@tea.example"],
        "headers": {"Message-ID": "<1@tea.example>", "List-Unsubscribe": f"<https://x.example/{'t' * 300}>"},
    }
    email = EmailMultiAlternatives(**fields | changes)
    email.attach_alternative(HTML, "text/html")
    return email


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": "غطاء لكوبك من متجر الشاي الكبير في المدينة القديمة"},
        {"subject": "Ein Deckel für Ihre Tasse " * 4, "from_email": "Tée & Söhne <hello@tea.example>"},
        {"subject": "A very long line " * 20},
        {"to": ["josé@bücher.example"]},
    ],
)
def test_email_says_what_djangos_own_says(changes):
    email = make_email(**changes)
    ours = message_from_bytes(content_of(email), policy=policy.default)
    djangos = message_from_bytes(email.message().as_bytes(), policy=policy.default)
    for name in ("From", "To", "Subject", "Reply-To", "Message-ID", "List-Unsubscribe", "MIME-Version"):
        assert " ".join(ours[name].split()) == " ".join(djangos[name].split()), name
    assert ours.get_content_type() == djangos.get_content_type() == "multipart/alternative"
    for our_part, django_part in zip(ours.iter_parts(), djangos.iter_parts(), strict=True):
        assert our_part.get_content_type() == django_part.get_content_type()
        assert our_part.get_content().splitlines() == django_part.get_content().splitlines()
    assert not ours.defects


def test_lines_are_short_and_of_seven_bits():
    content = content_of(make_email())
    assert content.isascii()
    body = content.partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


def test_header_of_two_lines_is_refused():
    with pytest.raises(BadHeaderError):
        content_of(make_email(subject="Mug\nBcc: eve@x.example"))
