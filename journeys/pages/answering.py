"""How these pages are answered: in the reader's language, kept by nobody, found by no search, telling no other site."""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from checkout_widgets.edge.languages import direction, known_locale, translated
from journeys.writing import wording

FOLDER = Path(__file__).parent.parent / "templates/journeys/pages"
STYLE = (FOLDER / "page.css").read_text()
SCRIPT = (FOLDER / "seen.js").read_text()


def source_of(text: str) -> str:
    """Return how a Content-Security-Policy names a style or a script that stands in the page."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


COMMON = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def words_of(locale: str, store_name: str = "") -> dict[str, str]:
    """Return the product's own words in a language, with the store's name in them."""
    texts = translated(wording.PAGE, known_locale(locale))
    return {name: text.replace("{store}", store_name) for name, text in texts.items()}


def headers_for(leads_to: str = "", theme: str = "") -> dict[str, str]:
    """Return the headers of a page. ``leads_to``: the other origin that its form is answered with the way to.
    ``theme``: the style sheet of a store's look that stands in the page.

    Chromium holds ``form-action`` against each step of the way, and a shop may go on to its system's checkout.
    """
    targets, styles = "", source_of(STYLE)
    if leads_to:
        targets = f" {leads_to} https:"
    if theme:
        styles += f" {source_of(theme)}"
    policy = (
        f"default-src 'none'; img-src https:; style-src {styles}; script-src {source_of(SCRIPT)}; "
        f"connect-src 'self'; form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'"
    )
    return COMMON | {"Content-Security-Policy": policy}


HEADERS = headers_for()


def answer(
    template: str, locale: str, context: dict[str, Any], *, status: int = 200, leads_to: str = ""
) -> HttpResponse:
    """Return a page. ``context`` has its ``words``, and as ``theme`` a style sheet where it has a look of its own.

    Its form is answered with the way to the origin ``leads_to``.
    """
    values = {
        "language": known_locale(locale).language,
        "direction": direction(context["words"]["save"]),
        "style": STYLE,
        "script": SCRIPT,
    }
    page = render_to_string(f"journeys/pages/{template}.html", values | context)
    headers = headers_for(leads_to, context.get("theme", ""))
    return HttpResponse(page, status=status, headers=headers)


def bad_link(locale: str = "en") -> HttpResponse:
    """Return the page of a link that nobody has signed."""
    words = words_of(locale)
    return answer(
        "notice", locale, {"words": words, "title": words["bad_title"], "text": words["bad_text"]}, status=404
    )
