"""What the buttons beside a message do: which edit of the step's document each asks for."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from journeys.writing import editing
from journeys.writing.editing import UneditableDocument

Document = dict[str, Any]
Edit = Callable[[Document], Document]
EDIT = "edit"  # the buttons' name; their value is the edit, the message's variant and what it is done to
SEPARATOR = "|"  # in no key of a block or variant


def asked_edit(data: QueryDict) -> Edit | None:
    """Return the edit of the pressed button; None where the step is only to be saved. Raises ``UneditableDocument``."""
    asked = data.get(EDIT, "")
    if not asked:
        return None
    name, _separator, rest = asked.partition(SEPARATOR)
    variant, _separator, part = rest.partition(SEPARATOR)
    if name == "add_message":
        return editing.with_message
    if name == "remove_message":
        return lambda document: editing.without_message(document, variant)
    if name not in EDITS:
        raise UneditableDocument(name)
    if not part:
        part = data.get(f"{name}-{variant}", "")  # what is added is chosen in a list beside the button
    return lambda document: in_message(document, variant, lambda message: EDITS[name](message, part))


def in_message(document: Document, variant: str, edit: Edit) -> Document:
    """Return the step's document with one of its messages edited. Raises ``UneditableDocument``."""
    others = document.get("variants", {})
    if variant in others:
        return document | {"variants": others | {variant: edit(others[variant])}}
    if variant:
        raise UneditableDocument(variant)
    edited = edit(editing.own_message(document))
    if others:
        edited["variants"] = others
    return edited


EDITS: dict[str, Callable[[Document, str], Document]] = {
    "add_block": editing.with_block,
    "remove_block": editing.without_block,
    "move_up": lambda document, block: editing.with_block_moved(document, block, -1),
    "move_down": lambda document, block: editing.with_block_moved(document, block, 1),
    "add_row": editing.with_row,
    "remove_row": editing.without_row,
    "add_language": editing.with_language,
    "remove_language": editing.without_language,
}
