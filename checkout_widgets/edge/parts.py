"""The parts of the snippet that an experiment needs: layouts and triggers that few pages need are scripts of their own.

Each arm names the parts of all arms, control too: whether a part arrives must not depend on the variant, or a slow
connection would leave control's shoppers in the test and take the others out. They are worked out when the
configuration is loaded; a decision copies them.
"""

from collections.abc import Iterable
from functools import cache

import msgspec

from checkout_widgets.edge.content import layout_for
from checkout_widgets.edge.script import bundle
from checkout_widgets.edge.widget_configuration import WidgetConfiguration
from checkout_widgets.models import Layout
from experiments.models import Moment

PREFIX = "upsell_"
CARD = "card"
DIALOG = "dialog"
SEQUENCE = "sequence"
KEPT = "kept"
REASONS = "reasons"
OF_LAYOUT: dict[str, str] = {
    Layout.BUMP: "bump",
    Layout.BUNDLE: "bundle",
    Layout.COMPARISON: "comparison",
    Layout.DIALOG: DIALOG,
    Layout.FREE_SHIPPING: "free_shipping",
    Layout.QUANTITY_BREAK: "quantity_break",
}
OF_MOMENT: dict[str, str] = {
    Moment.EXIT_INTENT: DIALOG,
    Moment.PAYMENT: "checkout_steps",
    Moment.SHIPPING: "checkout_steps",
}


def parts_for(moment: str, widgets: Iterable[WidgetConfiguration], device: str) -> msgspec.Raw:
    """Return the ``parts`` of a decision as JSON: what any of the widgets needs at this moment, on this device."""
    layouts, more = [], set()
    for widget in widgets:
        layouts.append(layout_for(widget, device))
        if widget.next:
            more.add(SEQUENCE)
        if widget.asks_why_declined:
            more.add(REASONS)
    return encoded(names_of(moment, layouts) | more)


def parts_of(moment: str, layouts: Iterable[str]) -> msgspec.Raw:
    """Return what any of these layouts needs at this moment, as JSON."""
    return encoded(names_of(moment, layouts))


def names_of(moment: str, layouts: Iterable[str]) -> frozenset[str]:
    """Return the names of what any of these layouts needs at this moment."""
    names = {OF_LAYOUT.get(layout, CARD) for layout in layouts}
    return frozenset({CARD, OF_MOMENT.get(moment, CARD), *names})


@cache
def encoded(names: frozenset[str]) -> msgspec.Raw:
    """Return references to the parts of these names, as JSON."""
    return msgspec.Raw(msgspec.json.encode([reference(name) for name in sorted(names)]))


def reference(name: str) -> dict[str, str]:
    """Say where a part is, beside the snippet itself, and what its bytes are."""
    script = bundle(PREFIX + name)
    return {"name": PREFIX + name, "digest": script.digest, "integrity": script.integrity}
