"""Every message that a template begins with, in every language and with the longest names, is one that servers take."""

import re
from itertools import chain
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings

from experiments.models import Store
from journeys.life.templates import JourneyTemplate, journey_templates
from journeys.models import Sender
from journeys.sending.composing import email_of, page_url, unsubscribe_headers
from journeys.sending.letters import FollowedOrder, Letter
from journeys.sending.mime import content_of
from journeys.writing.context import ShownItem
from journeys.writing.document import read
from journeys.writing.length import LONGEST_HTML, MOST_LISTED
from journeys.writing.rendering import render
from tests.journeys.writing.documents import EVERY_BLOCK
from tests.journeys.writing.longest import LANGUAGES, LINK, PICTURE, longest_context

LETTER = Letter(1, 1, 1, None, "", "en", None, None, "0f" * 32, None, None, None)
LOADED = re.compile(r'(?:src\s*=|background\s*=|@import|url\()\s*["\']?([^"\'\s>)]+)')


def documents_of(template: JourneyTemplate) -> list[dict[str, Any]]:
    """Every message of a template, those of its variants too; with an offer, as it would be launched."""
    documents = []
    for step in template.steps:
        own = dict(step.document)
        for document in (own, *own.pop("variants", {}).values()):
            documents.append({"offer": "lid", **document})
    return documents


TEMPLATES = list(chain([EVERY_BLOCK], *map(documents_of, journey_templates().values())))


def email_with(document: dict[str, Any], language: str, letter: str) -> EmailMultiAlternatives:
    """A message as it is handed over, with the longest of everything."""
    context = longest_context(language, letter)
    sender = Sender(
        store=Store(name=letter * 200), name=letter * 100, address=f"{'h' * 64}@{'d' * 180}.example",
        reply_to=f"{'r' * 64}@{'d' * 180}.example",
    )  # fmt: skip
    email = email_of(LETTER, render(read(document), context), sender, f"{'a' * 64}@{'d' * 180}.example")
    email.extra_headers |= unsubscribe_headers(context.links)
    return email


def longest_line(content: bytes) -> int:
    return max(map(len, content.split(b"\r\n")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["m", "ä"])
def test_no_line_is_longer_than_servers_take(language, letter):
    for document in TEMPLATES:
        email = email_with(document, language, letter)
        assert longest_line(content_of(email)) <= 998
        # as any other way of Django's sends it
        assert max(map(len, email.message().as_bytes().splitlines())) <= 998


@pytest.mark.parametrize("language", LANGUAGES)
def test_message_is_whole_and_loads_nothing_but_its_pictures(language):
    for document in TEMPLATES:
        html = str(email_with(document, language, "&").alternatives[0][0])
        assert len(html.encode()) <= LONGEST_HTML
        assert set(LOADED.findall(html)) <= {PICTURE, "https://shop.example/lid.jpg"}
        assert "<link" not in html
        assert "@font-face" not in html
        for picture in re.findall(r"<img[^>]*>", html):
            assert min(map(int, re.findall(r'width="(\d+)"', picture))) > 100
            assert re.search(r'alt="[^"]+"', picture)


def test_every_template_is_looked_at():
    assert len(TEMPLATES) > 25
    assert {"product", "question", "tracking", "comparison"} <= set(re.findall(r"'kind': '(\w+)'", str(TEMPLATES[1:])))


def test_headers_to_unsubscribe_are_of_the_form_that_mail_programs_ask_for():
    # RFC 8058, 3.1 and 5: one URI, by https, and the one pair
    with override_settings(EDGE_URL="https://offers.example"):
        assert page_url("u/", "t").startswith("https://")
    content = content_of(email_with(EVERY_BLOCK, "en", "m"))
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in head if line.lower().startswith(b"list-unsubscribe:")] == [
        f"List-Unsubscribe: <{LINK}>".encode()
    ]
    assert [line for line in head if line.lower().startswith(b"list-unsubscribe-post:")] == [
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    ]


def test_order_of_a_thousand_products_names_the_first_ones():
    order = FollowedOrder("1", tuple(ShownItem(title=f"Cup {number}") for number in range(1_000)), 100, "EUR", "")
    context = longest_context("en")
    shown = order.shown(context.locale, has_items=True)
    assert (len(shown.items), shown.more_items) == (MOST_LISTED, 1_000 - MOST_LISTED)
    rendered = render(read(EVERY_BLOCK), longest_context("de", order=shown))
    assert "und 980 weitere" in rendered.html
    assert "und 980 weitere" in rendered.text
    assert order.shown(context.locale, has_items=False).more_items == 0
