"""A saving that isn't there any more is in no text of a message."""

from dataclasses import replace
from html import unescape
from importlib import import_module
from typing import Any

import pytest

from checkout_widgets.claims import NO_CLAIMS, OfferClaim
from journeys.writing.claims import ClaimUntrue, claims_in_any_language, without_untrue
from journeys.writing.document import UnsendableDocument, read
from journeys.writing.rendering import render
from tests.journeys.writing.documents import QUOTE, context

MIGRATION = import_module("journeys.migrations.0012_quotes_of_offers")

CLAIMING: dict[str, Any] = {
    "subject": "Save {saving} on a lid",
    "preheader": "Only {saving} less",
    "offer": "lid",
    "blocks": [
        {"kind": "headline", "id": "h", "text": "Keep it warm"},
        {"kind": "text", "id": "t", "text": "It costs {saving} less this week."},
        {"kind": "text", "id": "u", "text": "It fits your mug."},
        {"kind": "product", "id": "p", "button": "Save {saving}"},
    ],
    "translations": {"de": {"u.text": "Sie sparen {saving}.", "t.text": "Diese Woche."}},
}


def without_offer_saving(locale="en"):
    given = context(locale)
    assert given.offer is not None
    return replace(given, offer=replace(given.offer, saving="", saved=""))


def test_message_names_the_saving_as_widgets_do_where_there_is_one():
    rendered = render(read(CLAIMING), context())
    assert rendered.subject == "Save €2.00 on a lid"
    assert "It costs €2.00 less this week." in rendered.text


def test_message_without_the_saving_falls_back_to_the_copy_without_it():
    rendered = render(read(CLAIMING), without_offer_saving())
    assert rendered.subject == "Keep it warm"
    for part in (rendered.text, rendered.html):
        assert "less" not in part
        assert "Save" not in part
        assert "It fits your mug." in part
    assert "€9.90: https://edge.example/m/offer" in rendered.text


def test_each_language_loses_its_own_claims():
    text = render(read(CLAIMING), without_offer_saving("de")).text
    assert "Diese Woche." in text
    assert "sparen" not in text


def test_subject_without_a_headline_that_is_left_names_the_product():
    document = read(CLAIMING | {"blocks": CLAIMING["blocks"][2:]})
    assert without_untrue(document, NO_CLAIMS).subject == "{product}"


def test_document_without_a_claim_stays_as_it_is():
    document = read(CLAIMING | {"subject": "A lid", "preheader": "", "blocks": CLAIMING["blocks"][:1]})
    assert without_untrue(document, NO_CLAIMS) is document


def test_message_of_nothing_but_a_saving_is_not_written():
    document = read(CLAIMING | {"blocks": [CLAIMING["blocks"][1]]})
    with pytest.raises(ClaimUntrue, match="claims that aren't true"):
        without_untrue(document, NO_CLAIMS)


def test_message_says_a_share_with_its_count_and_base_and_drops_it_once_it_is_not_true():
    blocks = [
        {"kind": "headline", "id": "h", "text": "A lid"},
        {"kind": "reason", "id": "r", "text": "{share} of owners also bought it ({share_count} of {share_base})."},
        {"kind": "text", "id": "q", "text": "{quote}"},
        {"kind": "text", "id": "o", "text": "In {orders_30d} orders this month."},
    ]
    document = read({"subject": "{share} of owners", "offer": "lid", "blocks": blocks})
    given = context()
    assert given.offer is not None
    claims = {
        "share": "34%",
        "share_count": "38",
        "share_base": "112",
        "quote": "“Fits.” Ada, shop.example, May 3, 2026",
    }
    true = replace(given, offer=replace(given.offer, claims=claims))
    written = render(document, true)
    assert written.subject == "34% of owners"
    assert "34% of owners also bought it (38 of 112)." in written.text
    assert "“Fits.” Ada, shop.example, May 3, 2026" in written.text
    assert "this month" not in written.text  # that one isn't true
    fallen_back = render(document, replace(given, offer=replace(given.offer, claims={})))
    assert fallen_back.subject == "A lid"
    assert "owners" not in fallen_back.html + fallen_back.text
    assert "Ada" not in fallen_back.text
    assert without_untrue(document, frozenset(OfferClaim)) is document


QUOTING = {
    "subject": "A lid",
    "offer": "lid",
    "blocks": [{"kind": "headline", "id": "h", "text": "A lid"}, {"kind": "quote", "id": "q"}],
}


def test_quote_says_what_the_offer_has_and_is_left_out_once_it_is_withdrawn():
    given = context()
    assert given.offer is not None
    written = render(read(QUOTING), given)
    assert QUOTE in written.text
    assert QUOTE in unescape(written.html)
    withdrawn = render(read(QUOTING), replace(given, offer=replace(given.offer, claims={})))
    assert "Ada" not in withdrawn.text + withdrawn.html
    assert claims_in_any_language(read(QUOTING)) == {OfferClaim.QUOTE}


@pytest.mark.parametrize(
    "typed",
    [
        {"blocks": [{"kind": "quote", "id": "q", "text": "“It fits.” Ada"}]},
        {"translations": {"de": {"q.text": "„Passt.“ Ada"}}},
        {"blocks": [{"kind": "quote", "id": "q", "text": "It fits.", "name": "Ada", "source": "shop", "date": "May"}]},
    ],
)
def test_quote_that_somebody_typed_is_refused(typed):
    with pytest.raises(UnsendableDocument, match=r"Write \{quote\}|unknown field"):
        read(QUOTING | typed)


def test_quote_needs_an_offer_to_be_of():
    with pytest.raises(UnsendableDocument, match="Choose an offer"):
        read(QUOTING | {"offer": ""})


def test_quotes_typed_before_say_the_same_as_texts():
    typed = {"kind": "quote", "id": "q", "text": "It fits.", "name": "Ada", "source": "Shop", "date": "May 2026"}
    document = {
        "subject": "A lid",
        "blocks": [typed, {"kind": "quote", "id": "new", "text": "{quote}"}],
        "translations": {"de": {"q.text": "Passt.", "subject": "Ein Deckel"}},
        "offer": "lid",
    }
    assert MIGRATION.without_typed_quotes(document)
    assert document["blocks"] == [
        {"kind": "text", "id": "q", "text": "“It fits.” Ada, Shop, May 2026"},
        {"kind": "quote", "id": "new", "text": "{quote}"},
    ]
    assert document["translations"] == {"de": {"q.text": "“Passt.” Ada, Shop, May 2026", "subject": "Ein Deckel"}}
    assert read(document)
    assert not MIGRATION.without_typed_quotes(document)
    assert MIGRATION.quoted("x" * 1_999, "Ada") == "x" * 1_999
