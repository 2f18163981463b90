"""Sentences that are written now and read later: in English, and beside it in the console's other languages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation

Path = list[str | int]
Translation = list[tuple[Path, str]]


class WrittenSentence(NamedTuple):
    """A sentence in English, and in other languages by code."""

    english: str
    translations: Mapping[str, str]


Reason = str | WrittenSentence  # as somebody has typed it, or as Offerlift has written it


def in_each_language(write: Callable[[], str]) -> WrittenSentence:
    """Write a sentence in each language of the console, whichever the process works in."""
    with translation.override(settings.LANGUAGE_CODE):
        english = write()
    translations = {}
    for language in other_languages():
        with translation.override(language):
            translations[language] = write()
    return WrittenSentence(english, translations)


def in_english(reason: Reason) -> str:
    """Return a reason as it is stored first: as it was typed, or in English."""
    if isinstance(reason, WrittenSentence):
        return reason.english
    return reason


def other_languages() -> list[str]:
    """Return the console's languages but English."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def differences(english: Any, translated: Any, path: Iterable[str | int] = ()) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a document that differ in its translation, each with the path that leads to it."""
    path = list(path)
    if isinstance(english, dict):
        for name, value in english.items():
            yield from differences(value, translated[name], [*path, name])
    elif isinstance(english, list):
        for number, (value, other) in enumerate(zip(english, translated, strict=True)):
            yield from differences(value, other, [*path, number])
    elif isinstance(english, str) and english != translated:
        yield path, translated


def with_texts(document: dict[str, Any], texts: Translation) -> dict[str, Any]:
    """Return a copy of the document with these texts in the places that their paths lead to."""
    if not texts:
        return document
    written = deepcopy(document)
    for path, text in texts:
        place: Any = written
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = text
    return written
