"""Programs that name themselves in the user agent: those that read pages by themselves, and browsers that are driven.

The names are those of crawler-user-agents, a list that its maintainers extend every few weeks. Its patterns are
compiled once, when the process starts, in a form that is as quick as a short list.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

# Tags of the list for what runs because somebody drives it: a test of the store's own, an assistant that shops. Such a
# visitor is served; the others look around for themselves.
DRIVEN = frozenset({"browser-automation", "http-library"})
# The list has each program by name, once somebody has seen it. One that nobody has seen yet mostly says what it is.
# Cubot makes telephones.
UNLISTED = re.compile(r"(?<!cu)bot(\b|_)|crawl|spider", re.IGNORECASE)
LONGEST = 1_000  # of a user agent, as long as anybody's; what is kept of strangers' text has a bound
ESCAPED = re.compile(r"\\([^\w\s])")
SPECIAL = re.compile(r"[.^$*+?{}\[\]|()\\]")


def literal_text(pattern: str) -> str | None:
    """Return the text that a pattern stands for; ``None`` where it stands for more than one."""
    if SPECIAL.search(ESCAPED.sub("", pattern)):
        return None
    return ESCAPED.sub(r"\1", pattern)


def prefix_pattern(texts: Collection[str]) -> str:
    """Return a pattern that finds any of the texts, shared beginnings written once.

    As plain alternatives, a thousand of them would be tried at each letter of a user agent: thirty times slower.
    """
    if "" in texts:  # all that is looked for has been found
        return ""
    by_first: dict[str, list[str]] = {}
    for text in sorted(texts):
        by_first.setdefault(text[0], []).append(text[1:])
    branches = [re.escape(first) + prefix_pattern(rest) for first, rest in by_first.items()]
    return f"(?:{'|'.join(branches)})"


class ProgramNames:
    """Names of programs, to be found in user agents."""

    def __init__(self, patterns: Collection[str]) -> None:
        literals: list[str] = []
        others: list[str] = []
        for pattern in patterns:
            text = literal_text(pattern)
            if text is None:
                others.append(pattern)
            else:
                literals.append(text)
        self.literals = re.compile(prefix_pattern(literals))
        self.others = re.compile("|".join(others))

    def are_in(self, user_agent: str) -> bool:
        """Whether the user agent holds one of them."""
        return bool(self.literals.search(user_agent) or self.others.search(user_agent))


def patterns_of(*, is_driven: bool) -> list[str]:
    """The list's patterns of programs that are driven, or of those that aren't."""
    return [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA if is_driven is not DRIVEN.isdisjoint(entry["tags"])]


CRAWLERS = ProgramNames(patterns_of(is_driven=False))
AUTOMATED = ProgramNames(patterns_of(is_driven=True))


class Robot(NamedTuple):
    """What a user agent says of who sends it: a program that reads pages by itself, or one that is driven."""

    is_crawler: bool
    is_automated: bool


# Shoppers share a few thousand user agents: most are looked up and not searched.
@lru_cache(maxsize=10_000)
def named_in(user_agent: str) -> Robot:
    """Return which programs name themselves in the beginning of a user agent, at most ``LONGEST`` characters."""
    is_crawler = CRAWLERS.are_in(user_agent) or UNLISTED.search(user_agent) is not None
    return Robot(is_crawler, AUTOMATED.are_in(user_agent))


def is_crawler(user_agent: str) -> bool:
    """Whether a program that reads pages by itself names itself here."""
    return named_in(user_agent[:LONGEST]).is_crawler


def is_automated(user_agent: str) -> bool:
    """Whether a browser that a program drives, or a program that is no browser, names itself here."""
    return named_in(user_agent[:LONGEST]).is_automated
