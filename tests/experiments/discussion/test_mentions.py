"""Whom a comment mentions."""

import pytest

from experiments.discussion.mentions import mentioned_in, pieces
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada look", ["ada"]),
        ("ask @Ada, then @ben.", ["ada", "ben"]),
        ("@ada @ada", ["ada"]),
        ("(@ada)", ["ada"]),
        ("@ada@shop.example: yes?", ["ada@shop.example"]),
        ("mail ada@ben or x@ada", []),
        ("@adam and @nobody", []),
        ("@foreign", []),
        ("no one", []),
    ],
)
def test_mentioned_in_finds_members_of_the_store_alone(text, names):
    store = factories.make_store()
    for name in ("ada", "ben", "ada@shop.example"):
        factories.make_user(store, username=name, role="viewer")
    factories.make_user(factories.make_store(), username="foreign")
    assert [user.username for user in mentioned_in(text, store)] == names


def test_pieces_put_together_are_the_text():
    text = "hi @ada, <b>@ben</b> @nobody"
    found = list(pieces(text, {"ada": 1, "ben": 1}))
    assert "".join(piece for piece, _ in found) == text
    assert [piece for piece, is_mention in found if is_mention] == ["@ada", "@ben"]
