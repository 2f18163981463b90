"""Two thousand questions are answered as they were when the answers were recorded, tokens and counts included."""

from collections.abc import Iterable

import pytest

from tests.checkout_widgets.edge.recorded import answers, questions, stores

pytestmark = pytest.mark.django_db


def recorded() -> list[str]:
    return answers.FILE.read_text().split()


def digests(contents: Iterable[bytes]) -> list[str]:
    return [answers.digest(content) for content in contents]


def differing(digests_now: list[str]) -> list[int]:
    """The numbers of the questions that are answered otherwise."""
    return [number for number, pair in enumerate(zip(digests_now, recorded(), strict=False)) if len(set(pair)) > 1]


@pytest.mark.slow
def test_decide_answers_the_first_recorded_questions_as_before():
    stores.make_stores()
    answered = digests(answers.answers_to(200))
    assert len(set(answered)) > 100
    assert differing(answered) == []


@pytest.mark.slow
def test_decide_answers_every_recorded_question_and_counts_it_as_before():
    stores.make_stores()
    answered = digests(answers.answers_to())
    assert len(answered) == questions.NUMBER
    assert differing(answered) == []
    assert digests(answers.counted()) == recorded()[questions.NUMBER :]
