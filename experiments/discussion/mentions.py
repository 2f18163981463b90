"""``@name`` in a comment: which members it means, and where it stands in the text."""

import re
from collections.abc import Iterator, Mapping

from django.contrib.auth.models import User
from django.db.models import QuerySet

from experiments.models import Store

MOST_MENTIONED = 20  # of one comment: each is sent an e-mail
# What a name of Django's users may have (UnicodeUsernameValidator). A name may be an address, such as ada@shop.example.
MENTION = re.compile(r"(?<![\w@.+-])@([\w.@+-]{1,150})")
TRAILING = ".+-@"  # which end a sentence more often than a name


def members(store: Store) -> QuerySet[User]:
    """Return who can be mentioned: the store's members, and nobody else, so that no name tells of other stores."""
    return User.objects.filter(is_active=True, memberships__store=store).order_by("username")


def mentioned_in(text: str, store: Store) -> list[User]:
    """Return the members whom a text mentions, each once, in the order of the text; unknown names mean nobody."""
    by_name = {user.username.casefold(): user for user in members(store)}
    found: dict[int, User] = {}
    for mention in MENTION.finditer(text):
        name = longest_known(mention[1], by_name)
        if name is not None:
            user = by_name[name.casefold()]
            found[user.pk] = user
    return list(found.values())[:MOST_MENTIONED]


def longest_known(text: str, known: Mapping[str, object]) -> str | None:
    """Return what of a mention is a name: all of it, or without the punctuation behind it; ``None`` for no name."""
    name = text
    while name:
        if name.casefold() in known:
            return name
        if name[-1] not in TRAILING:
            return None
        name = name[:-1]
    return None


def pieces(text: str, known: Mapping[str, object]) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is a mention of somebody ``known`` (names in casefold)."""
    at = 0
    for mention in MENTION.finditer(text):
        name = longest_known(mention[1], known)
        if name is None:
            continue
        yield text[at : mention.start()], False
        at = mention.start() + 1 + len(name)
        yield text[mention.start() : at], True
    yield text[at:], False
