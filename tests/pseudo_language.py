"""A language that is made up from every message as it is asked for, so that none can be missing.

It looks like ``«Šáṽé éï»``: letters with accents, 40% longer, a mark at both ends; placeholders and tags stay. Whatever
a page shows in plain letters was never given to gettext; see ``tests/raw_strings.py``.
"""

import math
import re
from gettext import NullTranslations
from itertools import cycle

from django.utils.translation import trans_real

CODE = "en-xa"
LONGER = 0.4  # German and Finnish need about a third more room than English
PLAIN = "abcdefghijklmnopqrstuvwxyz"
ACCENTED = "áƀçďéƒğĥíĵķļɱñöþɋřšťûṽŵẋýž"
LETTERS = str.maketrans(PLAIN + PLAIN.upper(), ACCENTED + ACCENTED.upper())
KEPT = re.compile(r"%%|%\(\w+\)[#0\- +]*[\d.]*[a-z]|%[srdif]|\{[^{}]*\}|<[^>]*>|&#?\w+;")
FILLING = "éïöüàå"
CONTEXT_END = "\x04"  # between a message's context and the message, as gettext has it


def pseudo(message: str) -> str:
    """The message in the made-up language; what is empty stays so."""
    text = message.rpartition(CONTEXT_END)[2]
    if not text:
        return ""
    pieces, end = [], 0
    for kept in KEPT.finditer(text):
        pieces += [text[end : kept.start()].translate(LETTERS), kept[0]]
        end = kept.end()
    pieces.append(text[end:].translate(LETTERS))
    return f"«{''.join(pieces)} {filling(len(KEPT.sub('', text)))}»"


def filling(length: int) -> str:
    """What makes a text of this length longer: words of the size of words, so that lines break as they would."""
    letters = cycle(FILLING)
    size = math.ceil(LONGER * length)
    return "".join(" " if number % 7 == 6 else next(letters) for number in range(size)).strip()


class PseudoTranslation(NullTranslations):
    """The catalogue: of our own texts, of Django's and of the libraries' alike."""

    def gettext(self, message: str) -> str:
        """Any message."""
        return pseudo(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Any message with a number, which has English's two forms."""
        return pseudo(singular if number == 1 else plural)

    def language(self) -> str:
        """What Django calls it."""
        return CODE

    def to_language(self) -> str:
        """The same, in lower case."""
        return CODE


def install() -> None:
    """Make Django know it; to be called once the settings name it, which forgets all catalogues."""
    trans_real._translations[CODE] = PseudoTranslation()  # type: ignore[attr-defined]
