"""What a report says of one variant."""

from experiments.report.selection import first_of_variant, of_variant
from tests.dashboard.report.reports import make_point

RESULTS = [make_point(1, None, "blue"), make_point(1, None, "green"), make_point(2, None, "blue")]


def test_results_of_a_variant_keep_their_order():
    assert of_variant(RESULTS, "blue") == [RESULTS[0], RESULTS[2]]
    assert of_variant(RESULTS, "red") == []


def test_first_result_of_a_variant_is_none_where_it_has_none():
    assert first_of_variant(RESULTS, "blue") == RESULTS[0]
    assert first_of_variant(RESULTS, "red") is None
