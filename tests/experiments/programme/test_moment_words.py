"""Translators get every text of the playbook's file, and none that it no longer has."""

from experiments.programme.moment_words import WORDS
from experiments.programme.moments import playbook_moments


def test_words_are_those_of_the_file():
    texts = {text for row in playbook_moments() for text in (row.name, row.signal, row.offer)}
    assert set(WORDS) == texts
    assert len(WORDS) == len(texts)
