"""What a widget says in the shopper's language: text, numbers and addresses of images, never HTML.

Built at the first request for a locale and a layout and kept with the widget's configuration, so that a decision only
copies it; the way to free shipping alone is of the shopper's own cart, and added to the copy.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from babel import Locale

from checkout_widgets.edge.configuration import ComparisonTable, OfferConfiguration, WidgetConfiguration
from checkout_widgets.edge.languages import (
    deadline_text,
    direction,
    known_locale,
    known_tag,
    money,
    number,
    price_per,
    stock_text,
    translated,
)
from checkout_widgets.edge.wording import EACH, IN_CART, MESSAGES, PRICE, PROGRESS, SAVING, TIER_ACCEPT
from checkout_widgets.models import Layout, OfferKind
from checkout_widgets.pricing import split_amount
from checkout_widgets.recent_orders import PLACEHOLDER

LOW_STOCK = 10
FEWEST_ORDERS = 10  # a number of orders below this proves nothing, and isn't said
MAX_CONTENTS = 200
REDUCED = (OfferKind.BUNDLE, OfferKind.DISCOUNT, OfferKind.QUANTITY_BREAK)
Value = TypeVar("Value")


def render(
    widget: WidgetConfiguration, locale: str, now: datetime, *, device: str = "", cart_minor: int | None = None
) -> msgspec.Raw:
    """The ``content`` of a decision as JSON, for a locale such as ``de-DE`` and a cart in the offer's currency."""
    tag = known_tag(locale)
    layout = layout_for(widget, device)
    content = widget.contents.get((tag, layout))
    if content is None:
        if len(widget.contents) >= MAX_CONTENTS:
            widget.contents.clear()
        built = build(widget, known_locale(locale), layout, now)
        content = widget.contents[tag, layout] = msgspec.Raw(msgspec.json.encode(built))
    return with_progress(content, widget, tag, cart_minor) if layout == Layout.FREE_SHIPPING else content


def decoded(widget: WidgetConfiguration, locale: str, now: datetime, **request: Any) -> dict[str, Any]:
    """What ``render`` gives, as a dict of JSON values of its own."""
    shown: dict[str, Any] = msgspec.json.decode(render(widget, locale, now, **request))
    return shown


def layout_for(widget: WidgetConfiguration, device: str) -> str:
    """The layout on this device: a card where what the chosen one shows isn't there."""
    layout = (widget.phone_layout if device == "phone" else "") or widget.layout
    has_none = (layout == Layout.COMPARISON and "" not in widget.comparisons) or (
        layout == Layout.QUANTITY_BREAK and not available_tiers(widget.offer)
    )
    return Layout.CARD.value if has_none else layout


def with_progress(content: msgspec.Raw, widget: WidgetConfiguration, tag: str, cart_minor: int | None) -> msgspec.Raw:
    """The content with the way to free shipping, where that is known and still goes on."""
    goal = widget.free_shipping_minor
    if goal is None or cart_minor is None or cart_minor >= goal:
        return content
    return msgspec.Raw(bytes(content)[:-1] + progress(cart_minor, goal, widget.offer.currency, tag))


@lru_cache(maxsize=10_000)
def progress(cart_minor: int, goal_minor: int, currency: str, tag: str) -> bytes:
    """The end of a content: the share of the goal that is reached, and how much is missing."""
    locale = Locale.parse(tag)
    missing = money(goal_minor - cart_minor, currency, locale)["text"]
    text = translated(PROGRESS, locale).replace("{amount}", missing)
    return b',"progress":' + msgspec.json.encode({"share": round(cart_minor / goal_minor, 4), "text": text}) + b"}"


def build(widget: WidgetConfiguration, locale: Locale, layout: str, now: datetime) -> dict[str, Any]:
    """The content as a dict; placeholders in the copy are the offer's, as text."""
    offer = widget.offer
    once = money(offer.price_minor, offer.currency, locale)
    price = price_per(once, offer.billing_period, locale)
    saving_minor = max(0, compare_at_minor(offer) - offer.price_minor)
    values = {
        "price": price["text"],
        "saving": money(saving_minor, offer.currency, locale)["text"],
        "quantity": number(1, locale),
        "difference": money(difference_minor(offer), offer.currency, locale)["text"],
    }
    copy = copy_for(widget, locale)
    texts = {name: fill_placeholders(text, values) for name, text in copy.items()}
    content = {
        "layout": layout,
        "headline": texts["headline"],
        "body": texts["body"],
        "reason": texts["reason"],
        "proof": recent_orders_text(texts["social_proof"], offer, locale),
        "items": items(offer, locale),
        "price": price,
        "compare_at": money(compare_at_minor(offer), offer.currency, locale) if saving_minor else None,
        "saving_text": fill_placeholders(translated(SAVING, locale), values) if saving_minor else "",
        "deadline_at": offer.ends_at,
        "deadline_text": deadline_text(offer.ends_at, widget.timezone, locale, now) if offer.ends_at else "",
        "stock": offer.stock if is_low(offer.stock) else None,
        "stock_text": stock_text(offer.stock, locale) if offer.stock is not None and is_low(offer.stock) else "",
        "terms_url": widget.terms_url or None,
        "terms_label": (texts["terms_label"] or translated(MESSAGES, locale)["terms"]) if widget.terms_url else "",
        "accept_label": texts["accept_label"],
        "decline_label": texts["decline_label"],
        "direction": direction(texts["headline"]),
        "theme": widget.theme,
        "messages": messages(offer, price, locale),
    }
    if layout == Layout.COMPARISON:
        content["comparison"] = comparison(localized(widget.comparisons, locale), offer, price, locale)
    if layout == Layout.QUANTITY_BREAK:
        content["tiers"] = tiers(offer, copy["accept_label"], locale)
    return content


def messages(offer: OfferConfiguration, price: dict[str, Any], locale: Locale) -> dict[str, str]:
    """The product's own words, with what is added or removed, and for how much."""
    values = {"product": product(offer, 1, locale), "price": price["text"]}
    return {name: fill_placeholders(text, values) for name, text in translated(MESSAGES, locale).items()}


def product(offer: OfferConfiguration, times: int, locale: Locale) -> str:
    """What is in the order once the offer was accepted so many times, such as two tea cups and a pot."""
    counts = [(times * item.quantity, item.title) for item in offer.items]
    return " + ".join(title if count == 1 else f"{number(count, locale)} × {title}" for count, title in counts)  # noqa: RUF001


def copy_for(widget: WidgetConfiguration, locale: Locale) -> dict[str, str]:
    """The widget's texts for ``de-AT``, else ``de``, else as they were written."""
    return localized(widget.copy, locale)


def localized(by_locale: dict[str, Value], locale: Locale) -> Value:
    """The entry for ``de-AT``, else ``de``, else the one that is the widget's own."""
    tag = str(locale).lower().replace("_", "-")
    return by_locale.get(tag) or by_locale.get(locale.language) or by_locale[""]


def fill_placeholders(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders replaced; any other brace stays as it is."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def recent_orders_text(text: str, offer: OfferConfiguration, locale: Locale) -> str:
    """The social proof with the number of recent orders; nothing where that is too low to prove anything."""
    if PLACEHOLDER not in text:
        return text
    return (
        text.replace(PLACEHOLDER, number(offer.recent_orders, locale)) if offer.recent_orders >= FEWEST_ORDERS else ""
    )


def is_low(stock: int | None) -> bool:
    """Whether so few are left that it is said."""
    return stock is not None and stock <= LOW_STOCK


def compare_at_minor(offer: OfferConfiguration) -> int:
    """What it costs without the offer: as the store says, else the catalogue's prices where the offer reduces them."""
    if offer.compare_at_minor is not None:
        return offer.compare_at_minor
    return catalogue_minor(offer) if offer.kind in REDUCED else 0


def catalogue_minor(offer: OfferConfiguration) -> int:
    """What the items cost one by one."""
    return sum(item.quantity * item.price_minor for item in offer.items)


def difference_minor(offer: OfferConfiguration) -> int:
    """What an upgrade costs more than what it replaces; the price where it replaces nothing."""
    return max(0, offer.price_minor - (offer.replaces.price_minor if offer.replaces else 0))


def items(offer: OfferConfiguration, locale: Locale) -> list[dict[str, Any]]:
    """The products; ``price`` is what all units of one cost within the offer, ``compare_at`` without, where higher."""
    alone = [item.quantity * item.price_minor for item in offer.items]
    parts = split_amount(offer.price_minor, alone)
    return [
        {
            "sku": item.sku,
            "title": item.title,
            "quantity": item.quantity,
            "image_url": item.image_url or None,
            "price": money(part, offer.currency, locale),
            "compare_at": money(before, offer.currency, locale) if before > part else None,
        }
        for item, part, before in zip(offer.items, parts, alone, strict=True)
    ]


def comparison(
    shown: ComparisonTable, offer: OfferConfiguration, price: dict[str, Any], locale: Locale
) -> dict[str, Any]:
    """Two versions side by side, with their prices where the offer replaces what is in the cart."""
    replaces = offer.replaces
    in_cart = translated(IN_CART, locale).replace("{title}", replaces.title) if replaces else ""
    offered = offer.items[0].title if offer.items else ""
    rows = [{"label": label, "values": list(values)} for label, *values in shown.rows]
    if replaces:
        before = money(replaces.price_minor, offer.currency, locale)["text"]
        rows.append({"label": translated(PRICE, locale), "values": [before, price["text"]]})
    return {"columns": [shown.columns[0] or in_cart, shown.columns[1] or offered], "rows": rows}


def available_tiers(offer: OfferConfiguration) -> dict[int, int]:
    """Prices by quantity, of the quantities that there are enough of."""
    return {
        quantity: price
        for quantity, price in sorted(offer.tiers.items())
        if offer.stock is None or quantity <= offer.stock
    }


def tiers(offer: OfferConfiguration, accept_label: str, locale: Locale) -> list[dict[str, Any]]:
    """Each quantity with its price, the price of one (rounded up) and what is saved against as many single ones."""
    label = accept_label if "{quantity}" in accept_label else translated(TIER_ACCEPT, locale)
    added = translated(MESSAGES, locale)["added"]
    single = compare_at_minor(offer) or offer.price_minor

    def text(minor: int) -> str:
        return str(money(minor, offer.currency, locale)["text"])

    def tier(quantity: int, price_minor: int) -> dict[str, Any]:
        saving = max(0, single * quantity - price_minor)
        values = {"price": text(price_minor), "quantity": number(quantity, locale), "saving": text(saving)}
        return {
            "quantity": quantity,
            "price": money(price_minor, offer.currency, locale),
            "unit_price_text": translated(EACH, locale).replace("{price}", text(-(-price_minor // quantity))),
            "saving_text": fill_placeholders(translated(SAVING, locale), values) if saving else "",
            "accept_label": fill_placeholders(label, values),
            "added_text": fill_placeholders(
                added, {"product": product(offer, quantity, locale), "price": text(price_minor)}
            ),
        }

    return [tier(quantity, price) for quantity, price in available_tiers(offer).items()]
