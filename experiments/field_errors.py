"""What msgspec says of a value that doesn't fit, in words for whoever sent it: the field, and what it must be."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Meta, ValidationError, inspect

from experiments import formatting

Words = str | Promise

# msgspec's names of types. A union is written as "int | null": null is left out, for whoever may leave a field out
# knows it, and whoever sent a wrong value wants to hear of the right one.
TYPES: Mapping[str, Words] = {
    "array": gettext_lazy("a list"),
    "bool": gettext_lazy("true or false"),
    "date": gettext_lazy("a day, such as 2026-11-30"),
    "datetime": gettext_lazy("a time with its timezone, such as 2026-11-30T12:00:00Z"),
    "float": gettext_lazy("a number"),
    "int": gettext_lazy("a whole number"),
    "null": gettext_lazy("null"),
    "object": gettext_lazy("an object"),
    "str": gettext_lazy("text"),
    "uuid": gettext_lazy("a UUID"),
}
# The words of each pattern, noted by ``text_in_form`` where the pattern is.
FORMS: dict[str, Words] = {}

PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>.*)`$")
MISSING = re.compile(r"missing required field `(?P<field>.+?)`")
UNKNOWN = re.compile(r"unknown field `(?P<field>.+?)`")
FORM = re.compile(r"^Expected `str` matching regex (?P<pattern>.+)$", re.DOTALL)
LENGTH = re.compile(r"^Expected `(?P<kind>str|array|object)` of length (?P<sign>[<>]=) (?P<limit>\d+)$")
BOUND = re.compile(r"^Expected `\w+` (?P<sign>[<>]=?) (?P<limit>\S+)$")
TYPE = re.compile(r"^Expected `(?P<wanted>[^`]+)`, got `(?P<got>\w+)`$")
INVALID = re.compile(r"^Invalid RFC3339 encoded (?P<kind>\w+)$")
CHOICE = re.compile(r"^Invalid (?:enum )?value (?P<value>.+)$", re.DOTALL)


def text_in_form(pattern: str, words: Words, *, min_length: int | None = None, max_length: int | None = None) -> Meta:
    """Return what a text must match, and keep what an error says of it: "It must be" and these words.

    Raises ``ValueError`` where the pattern has other words already: an error names the pattern alone.
    """
    known = FORMS.setdefault(repr(pattern), words)  # by its repr, as msgspec writes it
    if known != words:
        raise ValueError(f"{pattern} is called {known!r} already.")
    return Meta(pattern=pattern, min_length=min_length, max_length=max_length)


def field_path(error: ValidationError) -> str:
    """Return where the error is, such as ``cart.items[0].sku``; empty for the whole."""
    message = str(error)
    parts = []
    for pattern, group in ((PLACE, "path"), (MISSING, "field")):
        match = pattern.search(message)
        if match and match[group]:
            parts.append(match[group])
    return ".".join(parts)


def plain_error(error: ValidationError, expected: Any, whole: str = "") -> str:
    """Return one sentence: which field it is, and what it must be.

    ``expected`` is the type that the value was read as; ``whole`` is what the value is called where no field is named.
    """
    message = str(error)
    field = field_path(error) or whole or _("The body")
    if MISSING.search(message):
        return _("%(field)s is missing.") % {"field": field}
    unknown = UNKNOWN.search(message)
    if unknown:
        return _("There is no field %(field)s.") % {"field": unknown["field"]}
    problem = PLACE.sub("", message)
    choice = CHOICE.match(problem)
    if choice:
        choices = choices_of(expected, field_path(error))
        values = {"field": field, "choices": ", ".join(choices), "value": choice["value"]}
        return _("%(field)s must be one of %(choices)s, not %(value)s.") % values
    for pattern, words_of in READINGS:
        match = pattern.match(problem)
        if match:
            return _("%(field)s must be %(words)s.") % {"field": field, "words": words_of(match)}
    # What a type of our own says, which is written for people.
    return f"{field}: {problem}."


def words_of_form(match: re.Match[str]) -> str:
    """Say what a text must look like; the pattern itself where nobody has said it in words."""
    words = FORMS.get(match["pattern"])
    if words is not None:
        return str(words)
    return _("text that matches %(pattern)s") % {"pattern": match["pattern"]}


def words_of_length(match: re.Match[str]) -> str:
    """Say how much a text, a list or an object holds at most or at least."""
    limit = int(match["limit"])
    is_most = match["sign"] == "<="
    values = {"limit": formatting.count(limit)}
    if match["kind"] == "str" and is_most:
        return ngettext("at most %(limit)s character long", "at most %(limit)s characters long", limit) % values
    if match["kind"] == "str":
        return ngettext("at least %(limit)s character long", "at least %(limit)s characters long", limit) % values
    if is_most:
        return ngettext("at most %(limit)s entry long", "at most %(limit)s entries long", limit) % values
    return ngettext("at least %(limit)s entry long", "at least %(limit)s entries long", limit) % values


BOUNDS: Mapping[str, Words] = {
    ">=": gettext_lazy("%(limit)s or more"),
    "<=": gettext_lazy("%(limit)s or less"),
    ">": gettext_lazy("more than %(limit)s"),
    "<": gettext_lazy("less than %(limit)s"),
}


def words_of_bound(match: re.Match[str]) -> str:
    """Say how large a number may be."""
    limit = match["limit"].removesuffix(".0")
    return str(BOUNDS[match["sign"]]) % {"limit": limit}


def words_of_type(match: re.Match[str]) -> str:
    """Say of which kind a value must be, and which it was."""
    kinds = match["wanted"].split(" | ")
    wanted = [named(kind) for kind in kinds if kind != "null"]
    return _("%(wanted)s, not %(got)s") % {"wanted": _(" or ").join(wanted), "got": named(match["got"])}


def named(kind: str) -> str:
    """Return a type's name for people."""
    return str(TYPES.get(kind, kind))


def words_of_time(match: re.Match[str]) -> str:
    """Say how a time or a day is written."""
    return named(match["kind"])


def words_of_timezone(match: re.Match[str]) -> str:
    """Say that a time needs its timezone."""
    return named("datetime")


def words_of_uuid(match: re.Match[str]) -> str:
    """Say what an ID looks like."""
    return _("a UUID, such as 018f4a3e-7c1b-7d2a-9b6e-3f5c8d1e2a40")


READINGS = (
    (FORM, words_of_form),
    (LENGTH, words_of_length),
    (BOUND, words_of_bound),
    (TYPE, words_of_type),
    (INVALID, words_of_time),
    (re.compile(r"^Expected `datetime` with a timezone component$"), words_of_timezone),
    (re.compile(r"^Invalid UUID$"), words_of_uuid),
)


def choices_of(expected: Any, path: str) -> list[str]:
    """Return the values that a type has at a path, such as ``cart.items[0].kind``, each as JSON writes it."""
    steps = re.findall(r"[^.\[\]]+|\[[^\]]*\]", path)
    described: list[Any] = [inspect.type_info(expected)]
    for step in steps:
        described = [below for kind in described for below in steps_down(kind, step)]
    values: set[str] = set()
    for kind in described:
        values.update(values_of(kind))
    return sorted(values)


def steps_down(kind: Any, step: str) -> Iterator[Any]:
    """Yield the types that are one step below a type: a field's, an entry's, or of each kind of a union."""
    if isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from steps_down(member, step)
    elif isinstance(kind, inspect.ListType):
        yield kind.item_type
    elif isinstance(kind, inspect.DictType):
        yield kind.value_type
    elif isinstance(kind, inspect.StructType):
        if step == kind.tag_field:
            yield inspect.LiteralType(values=(kind.tag,))
        for field in kind.fields:
            if field.encode_name == step:
                yield field.type


def values_of(kind: Any) -> Iterator[str]:
    """Yield the values of a type that has only some."""
    if isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from values_of(member)
    elif isinstance(kind, inspect.EnumType):
        for choice in kind.cls:
            yield repr(choice.value)
    elif isinstance(kind, inspect.LiteralType):
        for value in kind.values:
            yield repr(value)
