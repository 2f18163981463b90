"""Sentences that are written now and read later: in English, and beside it in the console's other languages."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation

Translation = dict[str, str]  # texts by the pointer that leads to each


class WrittenSentence(NamedTuple):
    """A sentence in English, and in other languages by code."""

    english: str
    translations: Mapping[str, str]


TypedOrWritten = str | WrittenSentence  # as somebody has typed it, or as Offerlift has written it


def in_each_language(write: Callable[[], str]) -> WrittenSentence:
    """Write a sentence in each language of the console, whichever the process works in."""
    with translation.override(settings.LANGUAGE_CODE):
        english = write()
    translations = {}
    for language in other_languages():
        with translation.override(language):
            translations[language] = write()
    return WrittenSentence(english, translations)


def in_english(sentence: TypedOrWritten) -> str:
    """Return a sentence as it is stored first: as it was typed, or in English."""
    if isinstance(sentence, WrittenSentence):
        return sentence.english
    return sentence


def other_languages() -> list[str]:
    """Return the console's languages but English."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def differences(english: Any, translated: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a document that differ in its translation, each with the pointer that leads to it.

    Pointers are those of RFC 6901: ``/rules/0/text``.
    """
    if isinstance(english, dict):
        for name, value in english.items():
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from differences(value, translated[name], f"{pointer}/{escaped}")
    elif isinstance(english, list):
        for number, (value, other) in enumerate(zip(english, translated, strict=True)):
            yield from differences(value, other, f"{pointer}/{number}")
    elif isinstance(english, str) and english != translated:
        yield pointer, translated


def with_texts(document: dict[str, Any], texts: Translation) -> dict[str, Any]:
    """Return a copy of the document with these texts in the places that their pointers lead to."""
    if not texts:
        return document
    written = deepcopy(document)
    for pointer, text in texts.items():
        *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        place: Any = written
        for step in way:
            place = place[key_in(place, step)]
        place[key_in(place, last)] = text
    return written


def key_in(place: dict[str, Any] | list[Any], step: str) -> str | int:
    """Return what leads on from here: a name, or a place in a list."""
    if isinstance(place, list):
        return int(step)
    return step
