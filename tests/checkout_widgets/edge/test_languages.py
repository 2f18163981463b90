"""Locales, amounts, days and counts."""

import pytest
from babel import Locale

from checkout_widgets.edge import languages, wording

LANGUAGES = {"en", "de", "fr", "es", "nl", "pl", "ar"}


@pytest.mark.parametrize(
    ("currency", "minor", "locale", "text"),
    [
        ("JPY", 990, "ja-JP", "￥990"),
        ("KWD", 1234, "de-DE", "1,234 KWD"),
        ("GBP", 500, "en-GB", "£5.00"),
        ("USD", 1234567, "es-ES", "12.345,67 US$"),
        ("ISK", 990, "en-US", "ISK 990"),
        ("IQD", 1234, "en-US", "IQD 1.234"),  # three decimals by ISO 4217, none by CLDR
    ],
)
def test_money_follows_the_currencys_decimals(currency, minor, locale, text):
    assert languages.money(minor, currency, languages.known_locale(locale))["text"].replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "Została tylko 1 sztuka"),
        (2, "Zostały tylko 2 sztuki"),
        (4, "Zostały tylko 4 sztuki"),
        (5, "Zostało tylko 5 sztuk"),
        (10, "Zostało tylko 10 sztuk"),
    ],
)
def test_stock_text_has_the_polish_plural(count, text):
    assert languages.stock_text(count, Locale("pl")) == text


@pytest.mark.parametrize(("count", "ending"), [(1, "قطعة واحدة"), (2, "قطعتين"), (3, "3 قطع"), (10, "10 قطع")])
def test_stock_text_has_the_arabic_plural(count, ending):
    assert languages.stock_text(count, Locale("ar")).endswith(ending)


def test_stock_text_of_a_language_without_words_is_english():
    assert languages.stock_text(1, Locale("it")) == "Only 1 left"


def test_wording_every_language_says_everything():
    words = {name: value for name, value in vars(wording).items() if name.isupper()}
    assert len(words) == 17
    assert all(texts.keys() == LANGUAGES for texts in words.values())
    for texts in (wording.MESSAGES, wording.PER):
        assert all(own.keys() == texts["en"].keys() for own in texts.values())


def test_wording_keeps_every_placeholder():
    for name, placeholders in {
        "SAVING": ["saving"],
        "DEADLINE": ["day", "time"],
        "EACH": ["price"],
        "TIER_ACCEPT": ["quantity", "price"],
        "PROGRESS": ["amount"],
        "IN_CART": ["title"],
    }.items():
        for text in getattr(wording, name).values():
            assert all("{" + placeholder + "}" in text for placeholder in placeholders)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_stock_text_has_a_form_for_every_count_that_is_said(language):
    forms = wording.STOCK[language]
    for count in range(1, 11):
        plural = Locale(language).plural_form(count)
        assert plural in forms or set(forms) <= {"one", "other"}
