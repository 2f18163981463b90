"""The Net Promoter Score: answers from 0 to 10, what each is called, and what they come to. Pure."""

from collections.abc import Mapping

ALL = range(11)
PREFIX = "score-"  # of the tags of answers
HIGHEST_LOW, LOWEST_HIGH = 6, 9  # detractors up to 6, promoters from 9 (F. F. Reichheld, 2003)


def tag_of(score: int) -> str:
    """Return the tag that an answer leaves."""
    return f"{PREFIX}{score}"


def score_of(tag: str) -> int | None:
    """Return the answer that left a tag; None where that is no score."""
    for score in ALL:
        if tag == tag_of(score):
            return score
    return None


def is_low(tag: str) -> bool:
    """Return whether somebody who answered so is unhappy."""
    score = score_of(tag)
    return score is not None and score <= HIGHEST_LOW


def promoter_score(answers: Mapping[str, int]) -> float | None:
    """Return the Net Promoter Score, from -100 to 100, of numbers of answers by tag; None where nobody gave a score."""
    total = low = high = 0
    for tag, number in answers.items():
        score = score_of(tag)
        if score is None:
            continue
        total += number
        if score <= HIGHEST_LOW:
            low += number
        elif score >= LOWEST_HIGH:
            high += number
    if not total:
        return None
    return 100 * (high - low) / total
