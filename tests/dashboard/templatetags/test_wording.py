"""Codes in words."""

import pytest

from dashboard.templatetags import wording


@pytest.mark.parametrize(
    ("values", "is_yes_or_no"),
    [
        (["0", "1"], True),
        (["1", "0", ""], True),
        (["False", "True"], True),
        (["0", "1", "2"], False),  # a number of something
        (["1"], False),
        (["Urban", "Rural"], False),
    ],
)
def test_yes_or_no_is_seen_by_all_values_of_a_column(values, is_yes_or_no):
    assert wording.is_yes_or_no(values) is is_yes_or_no


def test_yes_or_no_is_written_in_words():
    assert [wording.yes_or_no(value) for value in ("1", "0", "true", "No", "")] == ["Yes", "No", "Yes", "No", "Unknown"]


def test_segment_of_a_known_dimension_is_written_in_words():
    assert wording.segment("DE", "country") == "Germany"
    assert wording.segment("returning", "customer_type") == "Returning"
