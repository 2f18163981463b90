"""How easily a text is read."""

import pytest

from checkout_widgets.copy_check import reading_ease
from checkout_widgets.copy_check.languages import LANGUAGES


def test_formulas_give_the_published_values():
    # 15 words a sentence, 1.5 syllables a word
    assert reading_ease.flesch(15, 1.5) == pytest.approx(206.835 - 15.225 - 126.9)
    assert reading_ease.flesch_amstad(15, 1.5) == pytest.approx(180 - 15 - 87.75)
    assert reading_ease.kandel_moles(15, 1.5) == pytest.approx(207 - 15.225 - 110.4)
    assert reading_ease.fernandez_huerta(15, 1.5) == pytest.approx(206.84 - 15.3 - 90)


@pytest.mark.parametrize(
    ("word", "language", "syllables"),
    [
        ("make", "en", 1), ("tea", "en", 1), ("water", "en", 2), ("the", "en", 1), ("bottle", "en", 2),
        ("Bestellung", "de", 3), ("Tasse", "de", 2), ("tasse", "fr", 1), ("commande", "fr", 2), ("taza", "es", 2),
    ],
)  # fmt: skip
def test_syllables_are_groups_of_vowels(word: str, language: str, syllables: int):
    assert reading_ease.syllables_of(word, language) == syllables


def test_counts_leave_placeholders_out():
    counts = reading_ease.counts_of("Add it for {price}. It fits!", "en")
    assert (counts.sentences, counts.words, counts.syllables) == (2, 5, 5)


def test_short_text_has_no_reading_ease():
    assert reading_ease.reading_ease("Institutionalization necessitates", "en", LANGUAGES["en"].reading_ease) is None
