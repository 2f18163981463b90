"""All terms of the glossary: the one source of its page, of tooltips, and of ``docs/glossary.md``."""

from functools import cache

from django.utils.translation import get_language

from dashboard.glossary.sections.after_the_order import AFTER_THE_ORDER
from dashboard.glossary.sections.computed import COMPUTED
from dashboard.glossary.sections.recorded import RECORDED
from dashboard.glossary.sections.tested import TESTED
from dashboard.glossary.term import Term

SECTIONS = (TESTED, RECORDED, COMPUTED, AFTER_THE_ORDER)
TERMS = tuple(term for section in SECTIONS for term in section.terms)


def by_english_form() -> dict[str, Term]:
    """Return the terms by each of their English forms, in lower case."""
    found = {}
    for term in TERMS:
        for form in term.forms.split("|"):
            found[form.lower()] = term
    return found


# Templates name terms in English whatever language the reader has.
BY_ENGLISH_FORM = by_english_form()


def term_of(english: str) -> Term:
    """Return the term with this English form. Raises ``KeyError``."""
    return BY_ENGLISH_FORM[english.lower()]


def terms_in_texts() -> dict[str, Term]:
    """Return the terms to explain in texts, by each form in the reader's language, in lower case."""
    return forms_in(get_language() or "")


@cache
def forms_in(language: str) -> dict[str, Term]:
    """Return the same of a language, which has to be the active one; kept, as every marked text asks for it."""
    forms = {}
    for term in TERMS:
        # A word on every second line would make every page a field of buttons.
        if not term.is_everyday:
            forms.update(dict.fromkeys(map(str.lower, term.names), term))
    return forms
