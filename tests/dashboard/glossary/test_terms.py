"""The terms: each once, written as sentences, and found by all of their forms."""

from collections import Counter

import pytest

from dashboard.glossary import terms


def test_no_form_stands_for_two_terms():
    forms = Counter(form.lower() for term in terms.TERMS for form in term.forms.split("|"))
    assert [form for form, number in forms.items() if number > 1] == []


def test_keys_are_unique():
    assert len({term.key for term in terms.TERMS}) == len(terms.TERMS)


@pytest.mark.parametrize("term", terms.TERMS, ids=[term.key for term in terms.TERMS])
def test_meaning_is_a_sentence_or_a_few_that_fit_a_tooltip(term):
    assert term.meaning[0].isupper()
    assert term.meaning.endswith(".")
    assert len(term.meaning) <= 220


def test_term_is_found_by_any_of_its_english_forms():
    assert terms.term_of("SRM") is terms.term_of("sample ratio mismatch")
    with pytest.raises(KeyError):
        terms.term_of("no such term")


def test_everyday_words_are_not_explained_in_texts():
    forms = terms.terms_in_texts()
    assert "guardrails" in forms
    assert "offer" not in forms
