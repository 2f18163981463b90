"""The Net Promoter Score, by figures worked out by hand."""

import pytest

from journeys.scores import is_low, promoter_score, score_of, tag_of


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({10: 5, 9: 1, 8: 2, 6: 2}, 40),  # 6 of 10 less 2 of 10
        ({0: 1, 6: 1}, -100),
        ({7: 3, 8: 4}, 0),
        ({9: 1, 6: 2}, -100 / 3),
    ],
)
def test_promoter_score_is_the_share_of_high_less_that_of_low_answers(answers, score):
    by_tag = {tag_of(answer): number for answer, number in answers.items()}
    assert promoter_score(by_tag | {"comfort": 9}) == pytest.approx(score)


def test_promoter_score_without_scores_is_none():
    assert promoter_score({"comfort": 3}) is None
    assert promoter_score({}) is None


def test_score_of_reads_the_tags_of_scores_alone():
    assert [score_of(tag) for tag in ("score-0", "score-10", "score-11", "score-", "7", "score-1.0")] == [
        0, 10, None, None, None, None,
    ]  # fmt: skip


def test_low_is_six_and_below():
    assert [is_low(tag) for tag in ("score-0", "score-6", "score-7", "score-10", "size")] == [True, True, *3 * [False]]
