"""What doesn't fit is told with the field and what it must be, in words that nobody has to look up."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta, Struct

from experiments.field_errors import field_path, plain_error, text_in_form


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Cup(Struct, tag="cup", tag_field="kind"):
    size: Size = Size.SMALL


class Pot(Struct, tag="pot", tag_field="kind"):
    liters: float = 1.0


class Shelf(Struct, forbid_unknown_fields=True):
    name: str
    code: Annotated[str, text_in_form(r"^[A-Z]{1,3}\Z", "a code of three capital letters")] = "ABC"
    plain: Annotated[str, Meta(pattern="^x$")] = "x"
    label: Annotated[str, Meta(min_length=2, max_length=1_200)] = "ab"
    width: Annotated[int, Meta(ge=1, le=90)] = 1
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    depth: int | None = None
    built_at: Annotated[datetime, Meta(tz=True)] | None = None
    owner: UUID | None = None
    side: Literal["left", "right"] = "left"
    goods: Annotated[list[Cup | Pot], Meta(max_length=2)] = []
    notes: dict[str, Annotated[str, Meta(max_length=1)]] = {}
    is_full: bool = False


TIME = "built_at must be a time with its timezone, such as 2026-11-30T12:00:00Z"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ([], "", "The shelf must be an object, not a list."),
        ({}, "name", "name is missing."),
        ({"name": "a", "hight": 1}, "", "There is no field hight."),
        ({"name": 1}, "name", "name must be text, not a whole number."),
        ({"name": "a", "code": "abc"}, "code", "code must be a code of three capital letters."),
        ({"name": "a", "plain": "y"}, "plain", "plain must be text that matches '^x$'."),
        ({"name": "a", "label": "a"}, "label", "label must be at least 2 characters long."),
        ({"name": "a", "label": "a" * 1_201}, "label", "label must be at most 1,200 characters long."),
        ({"name": "a", "width": 0}, "width", "width must be 1 or more."),
        ({"name": "a", "width": 91}, "width", "width must be 90 or less."),
        ({"name": "a", "width": 1.5}, "width", "width must be a whole number, not a number."),
        ({"name": "a", "share": 0.0}, "share", "share must be more than 0."),
        ({"name": "a", "share": 1.0}, "share", "share must be less than 1."),
        ({"name": "a", "depth": "1"}, "depth", "depth must be a whole number, not text."),
        ({"name": "a", "built_at": "today"}, "built_at", f"{TIME}."),
        ({"name": "a", "built_at": "2026-11-30T12:00:00"}, "built_at", f"{TIME}."),
        ({"name": "a", "owner": "me"}, "owner", "owner must be a UUID, such as 018f4a3e-7c1b-7d2a-9b6e-3f5c8d1e2a40."),
        ({"name": "a", "side": "top"}, "side", "side must be one of 'left', 'right', not 'top'."),
        ({"name": "a", "goods": [{}]}, "goods[0].kind", "goods[0].kind is missing."),
        ({"name": "a", "goods": [{"kind": "jar"}]}, "goods[0].kind",
         "goods[0].kind must be one of 'cup', 'pot', not 'jar'."),
        ({"name": "a", "goods": [{"kind": "cup", "size": "big"}]}, "goods[0].size",
         "goods[0].size must be one of 'large', 'small', not 'big'."),
        ({"name": "a", "goods": [{"kind": "cup"}] * 3}, "goods", "goods must be at most 2 entries long."),
        ({"name": "a", "notes": {"x": "ab"}}, "notes[...]", "notes[...] must be at most 1 character long."),
        ({"name": "a", "is_full": 1}, "is_full", "is_full must be true or false, not a whole number."),
    ],
)  # fmt: skip
def test_plain_error_names_the_field_and_what_it_must_be(given, field, said):
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(given), type=Shelf)
    assert plain_error(refused.value, Shelf, "The shelf") == said
    assert field_path(refused.value) == field


def test_plain_error_of_a_type_of_our_own_says_what_that_says():
    class Even(Struct):
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("Give an even number")

    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(b'[{"number": 3}]', type=list[Even])
    assert plain_error(refused.value, list[Even]) == "[0]: Give an even number."


def test_pattern_has_one_name():
    text_in_form(r"^one-name\Z", "a name")
    with pytest.raises(ValueError, match="already"):
        text_in_form(r"^one-name\Z", "another name")
