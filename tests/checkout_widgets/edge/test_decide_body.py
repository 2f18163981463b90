"""What is read without patterns is what the patterns let through, whatever stands in a field."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from checkout_widgets.edge import body_reading, decide_body, payloads
from checkout_widgets.edge.responses import ApiError

BODY: dict[str, Any] = {
    "key": "pk_shop",
    "visitor_id": "v_0123456789abcdef",
    "moments": ["cart", "exit_intent"],
    "page": {"path": "/cart", "query": "utm_source=news"},
    "locale": "de-DE",
    "device": "phone",
    "cart": {"currency": "EUR", "total_minor": 6670, "items": [{"sku": "23166", "quantity": 2, "category": "kitchen"}]},
    "visitor": {"customer_id": "c_1", "customer_type": "new", "orders": 0, "country": "DE", "tags": ["vip"]},
    "history": {"shown_session": 0, "shown_today": 0, "declined_at": None, "friction": ["payment_error"]},
    "consent": {"measurement": True},
    "automation": None,
    "preview": None,
}
HOSTILE = [
    *("", "x", "ok_1", "DE", "eur", "DEU", "<script>", "v 1", "1v", "a\n", "\\"),
    *("caf\u00e9", "\uff21", "\x00", "\ud800"),
    *("x" * 17, "x" * 36, "x" * 64, "x" * 65, "x" * 2_001, "x" * 4_001),
    *(None, True, -1, 7, 1.5, 2**63, [], {}, ["\x00"], [7], {"currency": "EUR", "total_minor": 1}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a body, those of objects and lists too."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from places(member, (*path, index))


def changed(path: tuple[Any, ...], value: Any, *, is_ascii: bool) -> bytes:
    body = json.loads(json.dumps(BODY))
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return json.dumps(body, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")


def outcome(read: Any, content: bytes) -> Any:
    try:
        return msgspec.to_builtins(read(content))
    except ApiError as error:
        return error.status, error.body


@pytest.mark.parametrize("path", list(places(BODY)), ids=str)
@pytest.mark.parametrize("is_ascii", [True, False])
def test_read_takes_and_refuses_what_the_patterns_do(path, is_ascii):
    decide_body.read(json.dumps(BODY).encode())
    for value in HOSTILE:
        content = changed(path, value, is_ascii=is_ascii)
        expected = outcome(lambda body: body_reading.read(payloads.decide, body), content)
        assert outcome(decide_body.read, content) == expected, value
        assert outcome(decide_body.read, content) == expected, value  # what is known by now changes nothing


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"moments": ["cart"]} x', b"[" * 5_000])
def test_read_refuses_what_is_no_body_in_the_same_words(content):
    assert outcome(decide_body.read, content) == outcome(lambda body: body_reading.read(payloads.decide, body), content)


def test_read_matches_patterns_for_texts_it_has_not_taken_yet_alone(monkeypatch):
    decide_body.known.clear()
    decide_body.read(json.dumps(BODY).encode())
    with monkeypatch.context() as patch:
        patch.setattr(body_reading, "read", lambda decoder, content: pytest.fail("decoded with patterns"))
        body = decide_body.read(json.dumps(BODY | {"visitor_id": "v_another", "locale": "de-DE"}).encode())
    assert (body.visitor_id, body.locale) == ("v_another", "de-DE")
    assert len(decide_body.known) == 1


def test_read_keeps_a_bounded_number_of_texts(monkeypatch):
    monkeypatch.setattr(decide_body, "MAX_KNOWN", 3)
    for number in range(10):
        decide_body.read(json.dumps(BODY | {"locale": f"de-{number}"}).encode())
        assert len(decide_body.known) <= 3
