"""Whether an answer has just the shape that the edge's description gives it."""

import json
from typing import Any

import msgspec


def assert_is(answer: Any, shape: type[msgspec.Struct]) -> None:
    """Nothing is in the answer that its shape doesn't have, and what is there is of the shape's types."""
    read = msgspec.convert(answer, shape)
    assert json.loads(msgspec.json.encode(read)) == answer
