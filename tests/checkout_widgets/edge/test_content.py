"""What a widget says in the shopper's language."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from checkout_widgets.edge import content, wording
from checkout_widgets.edge.configuration import Item, OfferConfiguration, WidgetConfiguration

COPY = {
    "headline": "Leather care balm",
    "body": "Only {price}",
    "reason": "Keeps your boots waterproof.",
    "social_proof": "",
    "accept_label": "Add for {price}",
    "decline_label": "No thanks",
}
BALM = Item("23084", "Leather care balm, 75 ml", 1, "https://shop.example/balm.jpg", 1250)


def offer(**fields: Any) -> OfferConfiguration:
    defaults: dict[str, Any] = {
        "id": 1,
        "key": "balm",
        "kind": "cross_sell",
        "currency": "EUR",
        "price_minor": 990,
        "compare_at_minor": 1250,
        "starts_at": None,
        "ends_at": None,
        "is_active": True,
        "stock": None,
        "items": (BALM,),
    }
    return OfferConfiguration(**defaults | fields)


def widget(translations: dict[str, dict[str, str]] | None = None, **fields: Any) -> WidgetConfiguration:
    copy = {"": COPY} | {locale: COPY | texts for locale, texts in (translations or {}).items()}
    return WidgetConfiguration(offer(**fields), "card", copy, {"accent": "#0a7"}, "")


def read(shown: WidgetConfiguration, locale: str) -> dict[str, Any]:
    value: dict[str, Any] = msgspec.json.decode(content.render(shown, locale))
    return value


def test_render_german_shopper_sees_german_prices_and_words():
    shown = read(widget({"de": {"headline": "Lederbalsam", "accept_label": "Für {price} hinzufügen"}}), "de-DE")
    assert shown["headline"] == "Lederbalsam"
    assert shown["reason"] == "Keeps your boots waterproof."  # not translated
    assert shown["accept_label"] == "Für 9,90\xa0€ hinzufügen"
    assert shown["price"] == {"minor": 990, "currency": "EUR", "text": "9,90\xa0€"}
    assert shown["compare_at"] == {"minor": 1250, "currency": "EUR", "text": "12,50\xa0€"}
    assert shown["saving_text"] == "2,60\xa0€ gespart"
    assert shown["messages"]["close"] == "Schließen"
    assert shown["direction"] == "ltr"


def test_render_has_every_field_of_the_contract():
    assert read(widget(), "en-GB") == {
        "layout": "card",
        "headline": "Leather care balm",
        "body": "Only €9.90",
        "reason": "Keeps your boots waterproof.",
        "proof": "",
        "items": [
            {
                "sku": "23084",
                "title": "Leather care balm, 75 ml",
                "quantity": 1,
                "image_url": "https://shop.example/balm.jpg",
                "price": {"minor": 990, "currency": "EUR", "text": "€9.90"},
            }
        ],
        "price": {"minor": 990, "currency": "EUR", "text": "€9.90"},
        "compare_at": {"minor": 1250, "currency": "EUR", "text": "€12.50"},
        "saving_text": "Save €2.60",
        "deadline_at": None,
        "stock": None,
        "terms_url": None,
        "accept_label": "Add for €9.90",
        "decline_label": "No thanks",
        "direction": "ltr",
        "theme": {"accent": "#0a7"},
        "messages": wording.MESSAGES["en"],
    }


@pytest.mark.parametrize(
    ("locale", "headline"),
    [("de-AT", "Servus"), ("de-DE", "Hallo"), ("de", "Hallo"), ("de_AT", "Servus"), ("fr-FR", "Leather care balm")],
)
def test_render_copy_falls_back_from_region_to_language_to_own(locale, headline):
    assert read(widget({"de": {"headline": "Hallo"}, "de-at": {"headline": "Servus"}}), locale)["headline"] == headline


@pytest.mark.parametrize(
    ("locale", "text"),
    [("", "€9.90"), ("tlh", "€9.90"), ("de-XX", "9,90\xa0€"), ("de-DE-x-private", "9,90\xa0€"), ("---", "€9.90")],
)
def test_render_locale_that_nobody_knows_falls_back(locale, text):
    assert read(widget(), locale)["price"]["text"] == text


@pytest.mark.parametrize(
    ("currency", "minor", "locale", "text"),
    [
        ("JPY", 990, "ja-JP", "￥990"),
        ("KWD", 1234, "de-DE", "1,234 KWD"),
        ("GBP", 500, "en-GB", "£5.00"),
        ("USD", 1234567, "es-ES", "12.345,67 US$"),
    ],
)
def test_money_follows_the_currencys_decimals(currency, minor, locale, text):
    assert content.money(minor, currency, content.known_locale(locale))["text"].replace("\xa0", " ") == text


@pytest.mark.parametrize("compare_at", [None, 0, 989, 990])
def test_render_without_saving_shows_none(compare_at):
    shown = read(widget(compare_at_minor=compare_at), "en")
    assert shown["compare_at"] is None
    assert shown["saving_text"] == ""


@pytest.mark.parametrize(("stock", "shown"), [(None, None), (11, None), (10, 10), (1, 1)])
def test_render_stock_is_said_where_it_is_low(stock, shown):
    assert read(widget(stock=stock), "en")["stock"] == shown


def test_render_deadline_is_the_offers_end():
    ends_at = datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert read(widget(ends_at=ends_at), "en")["deadline_at"] == "2026-12-24T18:00:00Z"


def test_render_arabic_copy_runs_from_right_to_left():
    shown = widget({"ar": {"headline": "10 % بلسم"}})
    assert read(shown, "ar-EG")["direction"] == "rtl"
    assert read(shown, "ar-EG")["messages"]["close"] == "إغلاق"
    assert read(shown, "he")["direction"] == "ltr"  # not translated: English letters


def test_render_braces_in_copy_are_harmless():
    assert read(widget({"en": {"headline": "{0} {price.__class__} {{x}}"}}), "en")["headline"] == (
        "{0} {price.__class__} {{x}}"
    )


def test_render_keeps_what_it_built_and_forgets_in_time(monkeypatch):
    monkeypatch.setattr(content, "MAX_LOCALES", 3)
    shown = widget()
    assert content.render(shown, "de-DE") is content.render(shown, "de_DE")
    for locale in ("de", "fr", "es", "nl", "pl"):
        content.render(shown, locale)
    assert len(shown.contents) <= 3


def test_wording_every_language_says_everything():
    assert wording.SAVING.keys() == wording.MESSAGES.keys() == {"en", "de", "fr", "es", "nl", "pl", "ar"}
    assert all(texts.keys() == wording.MESSAGES["en"].keys() for texts in wording.MESSAGES.values())
    assert all("{saving}" in text for text in wording.SAVING.values())
