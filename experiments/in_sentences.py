"""Names and texts within a sentence, written as the reader's language has them."""

from django.utils.translation import get_language

# Languages that write nouns with a capital within a sentence, too.
NOUNS_IN_CAPITALS = frozenset({"de"})


def mid_sentence(name: object) -> str:
    """Return a name, such as a metric's, as it is written within a sentence."""
    if has_nouns_in_capitals():
        return str(name)
    return str(name).lower()


def has_nouns_in_capitals() -> bool:
    """Whether the reader's language writes nouns with a capital wherever they stand."""
    return (get_language() or "").partition("-")[0] in NOUNS_IN_CAPITALS


def lower_first(text: str) -> str:
    """Return a text that goes on within a sentence, such as after a colon."""
    if has_nouns_in_capitals():
        return text
    return text[:1].lower() + text[1:]
