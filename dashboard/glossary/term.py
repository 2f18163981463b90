"""A term of the glossary, and terms that belong together, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Term:
    """A term: ``forms`` has its name, then its abbreviation and other forms that texts have, divided by ``|``, so that
    a translator can give those of the language. ``is_everyday`` is a word that pages use so often that only
    ``{% term %}`` explains it, never ``explain``."""

    key: str
    forms: str
    meaning: str
    is_everyday: bool = False

    @property
    def names(self) -> list[str]:
        """The forms in the reader's language, the name first."""
        return gettext(self.forms).split("|")

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.names[0]

    @property
    def abbreviation(self) -> str:
        """Its abbreviation, such as SRM; empty where there is none."""
        capitals = []
        for name in self.names[1:]:
            if name.isupper():
                capitals.append(name)
        return ", ".join(capitals)

    @property
    def explanation(self) -> str:
        """The meaning in the reader's language."""
        return gettext(self.meaning)


@dataclass(frozen=True)
class Section:
    """Terms that belong together."""

    key: str
    heading: str
    terms: tuple[Term, ...]

    @property
    def title(self) -> str:
        """The heading in the reader's language."""
        return gettext(self.heading)
