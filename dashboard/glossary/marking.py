"""Terms on pages: the first use of each carries its meaning as a tooltip, the others are plain."""

import re
import secrets
from dataclasses import dataclass, field
from functools import cache

from django.http import HttpRequest
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from dashboard.glossary.term import Term
from dashboard.glossary.terms import terms_in_texts

TAG = re.compile(r"(<[^>]*>)")
TAG_NAME = re.compile(r"</?([a-z0-9]+)")
# Where no button may stand, or where a marked word would get in the way.
WITHOUT_TERMS = frozenset(
    {"a", "button", "label", "summary", "option", "select", "textarea", "script", "style", "code", "pre", "svg"}
)


@dataclass
class Explained:
    """The terms that a page, or a part of one that htmx asked for, has explained so far.

    ``token`` keeps the ids apart from those of the page into which htmx puts the part.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(3))
    keys: set[str] = field(default_factory=set)


def explained_on(request: HttpRequest) -> Explained:
    """Return what the answer to this request has explained."""
    if not hasattr(request, "explained"):
        request.explained = Explained()  # type: ignore[attr-defined]
    explained: Explained = request.explained  # type: ignore[attr-defined]
    return explained


def use(term: Term, text: str, request: HttpRequest | None) -> SafeString:
    """Return the term, written as ``text``, as HTML: with its meaning where this is the page's first use.

    Without a request, as in an e-mail, there is no page and the text stays plain.
    """
    if request is None:
        return escape(text)
    explained = explained_on(request)
    if term.key in explained.keys:
        return escape(text)
    explained.keys.add(term.key)
    return format_html(
        '<button type="button" class="term" popovertarget="{id}" popovertargetaction="show" aria-describedby="{id}">'
        '{text}</button><span class="term-meaning" id="{id}" role="tooltip" popover>{meaning}</span>',
        id=f"term-{term.key}-{explained.token}",
        text=text,
        meaning=term.explanation,
    )


def explain(text: str, request: HttpRequest | None) -> SafeString:
    """Return the text as HTML (escaped, unless it is HTML already), the first use of each term with its meaning."""
    pieces = []
    closed: list[str] = []  # the open tags in which no term is marked
    for piece in TAG.split(conditional_escape(text)):
        if piece.startswith("<"):
            follow(piece, closed)
            pieces.append(piece)
        elif closed:
            pieces.append(piece)
        else:
            pieces.append(mark_terms(piece, request))
    return mark_safe("".join(pieces))  # noqa: S308 -- escaped above; what is added is made by format_html


def follow(tag: str, closed: list[str]) -> None:
    """Note that a tag begins or ends a part without terms."""
    match = TAG_NAME.match(tag)
    if match is None or match[1] not in WITHOUT_TERMS:
        return
    # Our texts are well-formed: what ends here is the tag that began last.
    if tag.startswith("</"):
        closed.pop()
    else:
        closed.append(match[1])


def mark_terms(html: str, request: HttpRequest | None) -> str:
    """Return a piece of HTML without tags, with the terms in it marked."""
    forms = terms_in_texts()

    def marked(match: re.Match[str]) -> str:
        # the piece is HTML already, and so is what was found in it
        return use(forms[match[0].lower()], mark_safe(match[0]), request)  # noqa: S308

    return pattern_of(tuple(forms)).sub(marked, html)


# One of each language: to compile hundreds of forms takes longer than to find them in a page.
@cache
def pattern_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the forms as whole words, the longest first, so that none hides in another."""
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
