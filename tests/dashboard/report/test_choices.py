"""What a report's address asks for, and the addresses of other choices."""

import pytest
from django.http import QueryDict

from dashboard.report.choices import Choices


@pytest.mark.parametrize(
    ("query", "choices"),
    [
        ("", Choices()),
        ("variant=blue&cuped=off&look=7", Choices("blue", with_cuped=False, look=7)),
        ("cuped=on&look=x", Choices()),
        ("look=9999999999999999999", Choices()),  # 19 digits: beyond the database's keys
    ],
)
def test_address_is_read_and_what_is_wrong_counts_as_not_asked_for(query, choices):
    assert Choices.of(QueryDict(query)) == choices


def test_query_has_what_differs_from_the_plain_page():
    assert Choices().query == "?"
    assert Choices("blue", with_cuped=False, look=7).query == "?variant=blue&cuped=off&look=7"
    assert Choices("blue").query_with(seen="ab") == "?variant=blue&seen=ab"
