"""Advice on a widget's words."""

import pytest

from checkout_widgets.copy_check.advice import advice_on


@pytest.mark.parametrize(
    ("language", "field", "text", "said"),
    [
        ("en", "headline", "Hurry, tea is waiting", "pressure on shoppers"),
        ("en", "body", "Don\N{RIGHT SINGLE QUOTATION MARK}t miss this mug", "pressure on shoppers"),
        ("en", "reason", "Our best-selling mug", "is a claim"),
        ("en", "body", " ".join(["word"] * 21) + ".", "21 words"),
        ("en", "headline", "A" * 61, "61 characters"),
        ("en", "headline", "Buy our mug", "Begin with what the shopper gains"),
        ("de", "headline", "Nur heute: eine Tasse", "Try “Bis Sonntag verfügbar”"),
        ("de", "reason", "Unsere beliebteste Tasse", "“beliebteste” is a claim"),
        ("de-AT", "headline", "Jetzt kaufen und sparen", "Begin with what the shopper gains"),
        ("de", "body", " ".join(["Wort"] * 19) + ".", "19 words. Up to 18"),
        ("fr", "headline", "Dépêchez-vous, le thé attend", "pressure on shoppers"),
        ("fr", "headline", "Aujourd\N{RIGHT SINGLE QUOTATION MARK}hui seulement, une tasse", "pressure on shoppers"),
        ("fr", "body", "La tasse la plus populaire", "is a claim"),
        ("es", "headline", "Última oportunidad, una taza", "pressure on shoppers"),
        ("es", "body", "La taza más vendida", "is a claim"),
        ("pt-BR", "headline", "Hurry", None),  # a language without rules: English ones would be wrong
        ("", "headline", "Beeilen Sie sich, der Tee ist für Sie", "Try “Bis Sonntag verfügbar”"),  # by its own words
    ],
)
def test_text_that_could_be_better_is_told_with_its_field(language: str, field: str, text: str, said: str | None):
    given = advice_on({field: text}, language=language)
    assert [advice.field for advice in given] == ([] if said is None else [field])
    for advice in given:
        assert said is not None
        assert said in advice.text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("Tea stays warm for an hour", "A mug with a lid. Fits under the tap.", "Add for {price}")),
        ("de", ("Tee bleibt eine Stunde warm", "Eine Tasse mit Deckel. Passt in die Spüle.", "Für {price} hinzufügen")),
        ("fr", ("Le thé reste chaud une heure", "Une tasse avec couvercle.", "Ajouter pour {price}")),
        ("es", ("El té se mantiene caliente una hora", "Una taza con tapa.", "Añadir por {price}")),
    ],
)
def test_plain_text_needs_no_advice(language: str, texts: tuple[str, str, str]):
    headline, body, label = texts
    assert advice_on({"headline": headline, "body": body, "accept_label": label}, language=language) == []


def test_word_within_another_does_not_press():
    assert advice_on({"body": "Una taza corrediza"}, language="es") == []


def test_hard_text_is_told_with_its_reading_ease():
    text = (
        "Notwithstanding environmental considerations, manufacturers predominantly necessitate extraordinarily "
        "sophisticated refrigeration infrastructure facilities internationally."
    )
    (advice,) = advice_on({"body": text}, language="en")
    assert advice.text.startswith("Reading ease 0 of 100")
