"""What is handed to a mail server, by its letter: nothing is loaded, nothing is cut, nothing can be slipped in."""

import copy
import re
from email import policy
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives

from journeys.writing.context import ShownItem, ShownOrder
from journeys.writing.document import read
from journeys.writing.rendering import MessageTooLong, render
from tests.journeys.writing.documents import EVERY_BLOCK, context


def test_every_block_is_in_both_parts():
    rendered = render(read(EVERY_BLOCK), context())
    assert rendered.subject == "A lid for your Mug"
    for part in (rendered.html, rendered.text):
        for said in (
            "Does your tea get cold?", "Made for the Mug", "€9.90", "See the offer", "https://edge.example/m/offer",
            "60 minutes", "A lid on a mug", "Ada", "https://shop.example/lids", "Warmer tea",
            "https://edge.example/m/q1", "Would you recommend us?", "https://edge.example/m/s7",
            "Your order 1001", "€24.00", "https://post.example/1",
            "You get this email because you agreed", "https://edge.example/m/u", "1 Quay Street",
        ):  # fmt: skip
            assert said in part, said


def test_message_loads_nothing_but_pictures_and_has_no_pixel():
    html = render(read(EVERY_BLOCK), context()).html
    loaded = re.findall(r'(?:src|@import|url\()\s*=?\s*"?([^"\s>)]+)', html)
    assert set(loaded) == {"https://shop.example/l.jpg", "https://shop.example/lid.jpg"}
    assert "fonts.googleapis" not in html
    assert "<link" not in html
    for picture in re.findall(r"<img[^>]*>", html):
        assert min(int(width) for width in re.findall(r'width="(\d+)"', picture)) > 100
        assert re.search(r'alt="[^"]+"', picture)


def test_message_has_no_line_over_998_bytes_when_sent():
    rendered = render(read(EVERY_BLOCK), context("ar"))
    mail = EmailMultiAlternatives(rendered.subject, rendered.text, "shop@shop.example", ["ada@shop.example"])
    mail.attach_alternative(rendered.html, "text/html")
    sent = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998


def test_text_of_a_document_and_names_of_products_cant_add_markup():
    stored = copy.deepcopy(EVERY_BLOCK)
    stored["blocks"][1]["text"] = '<mj-image src="https://x.example/p.png"/></mj-text><script>alert(1)</script>'
    evil = ShownOrder(number="1", items=[ShownItem(title='"><img src=https://x.example/>')], total="€1")
    html = render(read(stored), context(order=evil)).html
    assert "<script>" not in html
    assert "<img src=https://x.example/" not in html
    assert 'src="https://x.example' not in html


def test_subject_with_a_line_break_of_a_product_stays_one_line():
    mug = ShownOrder(number="1", items=[ShownItem(title="Mug\r\nBcc: eve@x.example")], total="€1")
    subject = render(read(EVERY_BLOCK), context(order=mug)).subject
    assert subject == "A lid for your Mug Bcc: eve@x.example"
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("locale", "subject", "said", "way"),
    [
        ("ar", "غطاء لكوبك", "إلغاء الاشتراك", "rtl"),
        ("de-DE", "Ein Deckel für Ihre Mug", "Abbestellen", "ltr"),
        ("fr", "A lid for your Mug", "Se désabonner", "ltr"),
    ],
)
def test_message_is_in_the_readers_language_and_direction(locale, subject, said, way):
    rendered = render(read(EVERY_BLOCK), context(locale.replace("-", "_")))
    assert rendered.subject == subject
    assert said in rendered.html
    assert said in rendered.text
    assert f'dir="{way}"' in rendered.html


def test_translated_answers_and_rows_are_used():
    html = render(read(EVERY_BLOCK), context("de")).html
    assert "Wärmerer Tee" in html
    assert "Warm für" in html
    assert "More tea" in html  # not translated


def test_message_that_mail_programs_would_cut_is_refused():
    # whatever becomes of the limits of what is written
    many = ShownOrder(number="1", items=[ShownItem(title="&" * 200)] * 100, total="€1")
    with pytest.raises(MessageTooLong):
        render(read(EVERY_BLOCK), context(order=many))


def test_name_that_is_longer_than_a_line_may_be_written_is_filled_in():
    mug = ShownOrder(number="1", items=[ShownItem(title="Mug " * 50)], total="€1")
    stored = copy.deepcopy(EVERY_BLOCK) | {"subject": "{bought}"}
    stored["blocks"][0]["text"] = f"{'Does your tea get cold? ' * 4} {{bought}} {{product}}"
    rendered = render(read(stored), context(order=mug))
    assert rendered.subject == ("Mug " * 50).strip()
    assert "Mug Mug Mug" in rendered.html
