"""How easily a text is read: Flesch's reading ease, and what it is in other languages.

Each is of the words in a sentence and the syllables in a word, 100 for very easy and 0 for very hard: R. Flesch,
"A new readability yardstick", Journal of Applied Psychology 32 (1948); for German T. Amstad (1978), French L. Kandel
and A. Moles (1958), for Spanish J. Fernández Huerta (1959).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

Formula = Callable[[float, float], float]
FEWEST_WORDS = 12  # the formulas are of passages: a line of fewer words says nothing of itself
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
SENTENCE_ENDS = re.compile(r"[.!?…]+")
WORD = re.compile(r"[^\W\d_]+")
# Vowels beside each other are one syllable: too few of some words and too many of others, and right on average.
VOWELS = re.compile(r"[aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýÿ]+", re.I)


@dataclass(frozen=True, slots=True)
class TextCounts:
    """How many sentences, words and syllables a text has."""

    sentences: int
    words: int
    syllables: int


def flesch(sentence_words: float, word_syllables: float) -> float:
    """Return the reading ease of English."""
    return 206.835 - 1.015 * sentence_words - 84.6 * word_syllables


def flesch_amstad(sentence_words: float, word_syllables: float) -> float:
    """Return the reading ease of German."""
    return 180 - sentence_words - 58.5 * word_syllables


def kandel_moles(sentence_words: float, word_syllables: float) -> float:
    """Return the reading ease of French."""
    return 207 - 1.015 * sentence_words - 73.6 * word_syllables


def fernandez_huerta(sentence_words: float, word_syllables: float) -> float:
    """Return the reading ease of Spanish."""
    return 206.84 - 1.02 * sentence_words - 60 * word_syllables


def counts_of(text: str, language: str) -> TextCounts:
    """Count what the formulas read; placeholders aren't words."""
    plain = PLACEHOLDER.sub("", text)
    sentences = len(list(filter(WORD.search, SENTENCE_ENDS.split(plain))))
    words = WORD.findall(plain)
    syllables = 0
    for word in words:
        syllables += syllables_of(word, language)
    return TextCounts(sentences, len(words), syllables)


def syllables_of(word: str, language: str) -> int:
    """Return about how many syllables a word has, at least one."""
    groups = len(VOWELS.findall(word))
    # not spoken at the end: "make", "table" is an exception; "porte"
    is_silent = language in {"en", "fr"} and re.search(r"[^aeiouyéèêlà]e$", word, re.I) is not None
    if is_silent:
        groups -= 1
    return max(1, groups)


def reading_ease(text: str, language: str, formula: Formula) -> float | None:
    """Return how easily a text is read, from 0 to 100; None where it is too short to tell."""
    counts = counts_of(text, language)
    if counts.words < FEWEST_WORDS:
        return None
    ease = formula(counts.words / counts.sentences, counts.syllables / counts.words)
    return min(100.0, max(0.0, ease))
