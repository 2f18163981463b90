"""Bodies that one bad value would spoil for all, and what of a body can be stored."""

import msgspec
import pytest

from checkout_widgets.edge import body_reading


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"'),
        (rb'"\ud83d"', rb'"\u0000"'),
        (rb'"\ude00\ud83d"', rb'"\u0000\u0000"'),
        (rb'"\ud83d\ud83d\ude00"', rb'"\u0000\ud83d\ude00"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (
            b'{"a": NaN, "b": [-Infinity,Infinity], "NaN": "is NaN"}',
            rb'{"a": "\u0000", "b": ["\u0000","\u0000"], "NaN": "is NaN"}',
        ),
        (rb'"\"NaN\""', rb'"\"NaN\""'),
        (rb'"\n\u00e9\uDBFF"', rb'"\n\u00e9\u0000"'),
    ],
)
def test_replace_invalid_values_of_what_json_has_no_value_for(text, repaired):
    assert body_reading.replace_invalid_values(text) == repaired


def test_replace_deep_nesting_of_what_is_nested_too_deeply():
    deepest = b"[" * 19 + b'{"a": 1, "b": "[[["}' + b"]" * 19
    assert body_reading.replace_deep_nesting(deepest) == deepest
    assert body_reading.replace_deep_nesting(b'{"x": %s, "y": 2}' % deepest) == rb'{"x": %s, "y": 2}' % (
        b"[" * 19 + rb'"\u0000"' + b"]" * 19
    )
    assert body_reading.replace_deep_nesting(b"[" * 21 + b"1") == b"[" * 20 + rb'"\u0000"'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, None, True, 1.5, "b"]}, True),
        ("a\x00b", False),
        ({"a\x00": 1}, False),
        ({"a": [{"b": "\x00"}]}, False),
        ([[[[[1]]]]], True),
        ([[[[[[1]]]]]], False),
    ],
)
def test_is_storable_refuses_nul_and_depth(value, expected):
    assert body_reading.is_storable(value) is expected


def nested(levels: int) -> bytes:
    return b"[" * levels + b"1" + b"]" * levels


def test_replace_deep_nesting_keeps_20_levels_and_no_more():
    assert body_reading.replace_deep_nesting(nested(20)) == nested(20)
    assert body_reading.replace_deep_nesting(nested(21)) == b"[" * 20 + rb'"\u0000"' + b"]" * 20


@pytest.mark.parametrize(("levels", "is_storable"), [(5, True), (6, False)])
def test_props_are_stored_up_to_5_levels_deep(levels, is_storable):
    assert body_reading.is_storable(msgspec.json.decode(nested(levels))) is is_storable
