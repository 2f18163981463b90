"""Terms of the field in templates, explained where a page first uses them."""

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString

from dashboard.glossary import marking
from dashboard.glossary.terms import term_of

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context: Context, english: str, text: str = "") -> SafeString:
    """A term by its English name, ``{% term "sample ratio mismatch" %}``; written as ``text`` where the sentence needs
    another form of it. Raises ``KeyError`` where the glossary has none."""
    found = term_of(english)
    return marking.use(found, text or found.name, context.get("request"))


@register.filter
def explain(text: str, request: HttpRequest | None) -> SafeString:
    """A text with the terms in it explained: ``{{ headline|explain:request }}``."""
    return marking.explain(text, request)
