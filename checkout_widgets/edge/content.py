"""What a widget says in the shopper's language: text, numbers and addresses of images, never HTML.

Built at the first request for a locale and a layout and kept with the widget's configuration, so that a decision only
copies it; the way to free shipping alone is of the shopper's own cart, and added to the copy.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from babel import Locale

from checkout_widgets.edge.honest_copy import claim_values
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
from checkout_widgets.edge.savings import compare_at_minor
from checkout_widgets.edge.widget_configuration import ComparisonTable, OfferConfiguration, WidgetConfiguration
from checkout_widgets.edge.wording import (
    EACH,
    IN_CART,
    MESSAGES,
    PERSONAL_PRICE,
    PRICE,
    PROGRESS,
    RENEWED,
    SAVING,
    TIER_ACCEPT,
    WHY_DECLINED,
)
from checkout_widgets.models import Layout
from checkout_widgets.pricing import split_amount

PHONE = "phone"
LOW_STOCK = 10  # from so many left on it is said
MAX_CONTENTS = 200  # of a widget: more locales and layouts than a store has
Value = TypeVar("Value")


def render(
    widget: WidgetConfiguration, locale: str, now: datetime, *, device: str = "", cart_minor: int | None = None
) -> msgspec.Raw:
    """Return the ``content`` of a decision as JSON: for a locale such as ``de-DE``, a cart in the offer's currency."""
    tag = known_tag(locale)
    layout, is_phone = layout_for(widget, device), device == PHONE
    content = widget.contents.get((tag, layout, is_phone))
    if content is None:
        if len(widget.contents) >= MAX_CONTENTS:  # locales come from pages: anybody can ask for any number
            widget.contents.clear()
        built = build_sequence(widget, known_locale(locale), device, now)
        content = widget.contents[tag, layout, is_phone] = msgspec.Raw(msgspec.json.encode(built))
    if layout == Layout.FREE_SHIPPING:
        return with_progress(content, widget, tag, cart_minor)
    return content


def decoded(widget: WidgetConfiguration, locale: str, now: datetime, **request: Any) -> dict[str, Any]:
    """Return what ``render`` gives, as a dict of JSON values of its own."""
    shown: dict[str, Any] = msgspec.json.decode(render(widget, locale, now, **request))
    return shown


def layout_for(widget: WidgetConfiguration, device: str) -> str:
    """Return the layout on this device: a card where what the chosen one shows isn't there."""
    layout = widget.layout
    if device == PHONE and widget.phone_layout:
        layout = widget.phone_layout
    if layout == Layout.COMPARISON and "" not in widget.comparisons:
        return Layout.CARD.value
    if layout == Layout.QUANTITY_BREAK and not available_tiers(widget.offer):
        return Layout.CARD.value
    return layout


def is_of_one_cart(widget: WidgetConfiguration, device: str) -> bool:
    """Return whether what the widget says on this device differs between carts."""
    return layout_for(widget, device) == Layout.FREE_SHIPPING


def with_progress(content: msgspec.Raw, widget: WidgetConfiguration, tag: str, cart_minor: int | None) -> msgspec.Raw:
    """Add the way to free shipping, where that is known and still goes on."""
    goal = widget.free_shipping_minor
    if goal is None or cart_minor is None or cart_minor >= goal:
        return content
    # what is common to all carts is encoded already: the part of this cart takes the place of the closing brace
    return msgspec.Raw(bytes(content)[:-1] + progress(cart_minor, goal, widget.offer.currency, tag))


@lru_cache(maxsize=10_000)
def progress(cart_minor: int, goal_minor: int, currency: str, tag: str) -> bytes:
    """Return the end of a content: the share of the goal that is reached, and how much is missing."""
    locale = Locale.parse(tag)
    missing = money(goal_minor - cart_minor, currency, locale)["text"]
    text = translated(PROGRESS, locale).replace("{amount}", missing)
    return b',"progress":' + msgspec.json.encode({"share": round(cart_minor / goal_minor, 4), "text": text}) + b"}"


def build_sequence(widget: WidgetConfiguration, locale: Locale, device: str, now: datetime) -> dict[str, Any]:
    """Return the content on this device, with what comes second after each answer, where anything does."""
    content = build(widget, locale, device, now)
    second = {}
    for answer, next_widget in widget.next.items():
        second[answer] = build(next_widget, locale, device, now)
    if second:
        content["next"] = second
    return content


def build(widget: WidgetConfiguration, locale: Locale, device: str, now: datetime) -> dict[str, Any]:
    """Return the content of one offer as a dict; placeholders in the copy are the offer's, as text."""
    offer, layout = widget.offer, layout_for(widget, device)
    price = price_per(money(offer.price_minor, offer.currency, locale), offer.billing_period, locale)
    values = placeholder_values(offer, price, locale)
    copy = copy_for(widget, locale, device)
    texts = fill_all(copy, values)
    content = {
        "layout": layout,
        "headline": texts["headline"],
        "body": texts["body"],
        "reason": texts["reason"],
        "proof": texts["social_proof"],
        "items": items(offer, locale),
        "price": price,
        **saving_fields(offer, values, locale),
        **deadline_fields(widget, locale, now),
        **stock_fields(offer, locale),
        **terms_fields(widget, texts["terms_label"], locale),
        "accept_label": texts["accept_label"],
        "decline_label": texts["decline_label"],
        "direction": direction(texts["headline"]),
        "theme": widget.theme,
        "messages": messages(offer, price, locale),
        **reason_fields(widget, locale),
    }
    terms_text = terms_in_words(widget, price["text"], locale)
    if terms_text:
        content["terms_text"] = terms_text
    if layout == Layout.COMPARISON:
        content["comparison"] = comparison(localized(widget.comparisons, locale), offer, price, locale)
    if layout == Layout.QUANTITY_BREAK:
        content["tiers"] = tiers(offer, copy["accept_label"], locale)
    return content


def placeholder_values(offer: OfferConfiguration, price: dict[str, Any], locale: Locale) -> dict[str, str]:
    """Return what stands for the placeholders of the copy: ``{price}``, ``{saving}``, and what else may be claimed."""
    saving_minor = max(0, compare_at_minor(offer) - offer.price_minor)
    return {
        "price": price["text"],
        "saving": money(saving_minor, offer.currency, locale)["text"],
        "quantity": number(1, locale),
        "difference": money(difference_minor(offer), offer.currency, locale)["text"],
        "product": product(offer, 1, locale),
        **claim_values(offer, locale),
    }


def saving_fields(offer: OfferConfiguration, values: dict[str, str], locale: Locale) -> dict[str, Any]:
    """Return what it costs without the offer, where that is more."""
    before_minor = compare_at_minor(offer)
    if before_minor <= offer.price_minor:
        return {"compare_at": None, "saving_text": ""}
    return {
        "compare_at": money(before_minor, offer.currency, locale),
        "saving_text": fill_placeholders(translated(SAVING, locale), values),
    }


def deadline_fields(widget: WidgetConfiguration, locale: Locale, now: datetime) -> dict[str, Any]:
    """Return until when the offer is there, where it ends."""
    ends_at = widget.offer.ends_at
    if ends_at is None:
        return {"deadline_at": None, "deadline_text": ""}
    return {"deadline_at": ends_at, "deadline_text": deadline_text(ends_at, widget.timezone, locale, now)}


def stock_fields(offer: OfferConfiguration, locale: Locale) -> dict[str, Any]:
    """Return how many are left, where they are few."""
    if offer.stock is None or offer.stock > LOW_STOCK:
        return {"stock": None, "stock_text": ""}
    return {"stock": offer.stock, "stock_text": stock_text(offer.stock, locale)}


def terms_fields(widget: WidgetConfiguration, label: str, locale: Locale) -> dict[str, Any]:
    """Return the link to the terms, where there is one."""
    if not widget.terms_url:
        return {"terms_url": None, "terms_label": ""}
    return {"terms_url": widget.terms_url, "terms_label": label or translated(MESSAGES, locale)["terms"]}


def reason_fields(widget: WidgetConfiguration, locale: Locale) -> dict[str, Any]:
    """Return what is asked once the offer was declined, where the store asks why."""
    if not widget.asks_why_declined:
        return {}
    return {"reasons": translated(WHY_DECLINED, locale)}


def terms_in_words(widget: WidgetConfiguration, price: str, locale: Locale) -> str:
    """Say on which terms it is sold: that others may pay another price, how often it is paid, and the store's own."""
    sentences = []
    if widget.is_price_marked:
        sentences.append(translated(PERSONAL_PRICE, locale))
    if any(widget.offer.terms.values()):
        # Only with terms: the price says how often it is paid, and what running tests show stays as it is.
        if widget.offer.billing_period:
            sentences.append(translated(RENEWED, locale).replace("{price}", price))
        sentences.append(localized(widget.offer.terms, locale))
    return " ".join(sentences).strip()


def messages(offer: OfferConfiguration, price: dict[str, Any], locale: Locale) -> dict[str, str]:
    """Return the product's own words, with what is added or removed, and for how much."""
    values = {"product": product(offer, 1, locale), "price": price["text"]}
    return fill_all(translated(MESSAGES, locale), values)


def product(offer: OfferConfiguration, times: int, locale: Locale) -> str:
    """Say what is in the order once the offer was accepted so many times, such as two tea cups and a pot."""
    parts = []
    for item in offer.items:
        count = times * item.quantity
        if count == 1:
            parts.append(item.title)
        else:
            parts.append(f"{number(count, locale)} × {item.title}")  # noqa: RUF001
    return " + ".join(parts)


def copy_for(widget: WidgetConfiguration, locale: Locale, device: str = "") -> dict[str, str]:
    """Return the widget's texts on this device for ``de-AT``, else ``de``, else as they were written."""
    if device == PHONE and widget.phone_copy:
        return localized(widget.phone_copy, locale)
    return localized(widget.copy, locale)


def localized(by_locale: dict[str, Value], locale: Locale) -> Value:
    """Return the entry for ``de-AT``, else ``de``, else the one that is the widget's own."""
    tag = str(locale).lower().replace("_", "-")
    return by_locale.get(tag) or by_locale.get(locale.language) or by_locale[""]


def fill_placeholders(text: str, values: dict[str, str]) -> str:
    """Replace the placeholders of a text; any other brace stays as it is."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def fill_all(texts: Mapping[str, str], values: dict[str, str]) -> dict[str, str]:
    """Replace the placeholders of all texts."""
    return {name: fill_placeholders(text, values) for name, text in texts.items()}


def difference_minor(offer: OfferConfiguration) -> int:
    """Return what an upgrade costs more than what it replaces; the price where it replaces nothing."""
    if offer.replaces is None:
        return offer.price_minor
    return max(0, offer.price_minor - offer.replaces.price_minor)


def items(offer: OfferConfiguration, locale: Locale) -> list[dict[str, Any]]:
    """Return the products.

    ``price`` is what all units of one cost within the offer, ``compare_at`` without, where that is more.
    """
    alone = [item.quantity * item.price_minor for item in offer.items]
    parts = split_amount(offer.price_minor, alone)
    products = []
    for item, part in zip(offer.items, parts, strict=True):
        compare_at = None
        if item.before_minor > part:
            compare_at = money(item.before_minor, offer.currency, locale)
        products.append(
            {
                "sku": item.sku,
                "title": item.title,
                "quantity": item.quantity,
                "image_url": item.image_url or None,
                "price": money(part, offer.currency, locale),
                "compare_at": compare_at,
            }
        )
    return products


def comparison(
    shown: ComparisonTable, offer: OfferConfiguration, price: dict[str, Any], locale: Locale
) -> dict[str, Any]:
    """Return two versions side by side, with their prices where the offer replaces what is in the cart."""
    in_cart, offered = "", ""
    rows = [{"label": label, "values": list(values)} for label, *values in shown.rows]
    if offer.replaces is not None:
        in_cart = translated(IN_CART, locale).replace("{title}", offer.replaces.title)
        before = money(offer.replaces.price_minor, offer.currency, locale)["text"]
        rows.append({"label": translated(PRICE, locale), "values": [before, price["text"]]})
    if offer.items:
        offered = offer.items[0].title
    return {"columns": [shown.columns[0] or in_cart, shown.columns[1] or offered], "rows": rows}


def available_tiers(offer: OfferConfiguration) -> dict[int, int]:
    """Return prices by quantity, of the quantities that there are enough of."""
    available = {}
    for quantity, price in sorted(offer.tiers.items()):
        if offer.stock is None or quantity <= offer.stock:
            available[quantity] = price
    return available


def tiers(offer: OfferConfiguration, accept_label: str, locale: Locale) -> list[dict[str, Any]]:
    """Return each quantity with its price, the price of one and what is saved against as many single ones."""
    label = accept_label
    if "{quantity}" not in label:
        label = translated(TIER_ACCEPT, locale)
    available = available_tiers(offer)
    return [
        tier(offer, quantity, price_minor, label=label, locale=locale) for quantity, price_minor in available.items()
    ]


def tier(offer: OfferConfiguration, quantity: int, price_minor: int, *, label: str, locale: Locale) -> dict[str, Any]:
    """Return one quantity; the price of one is rounded up, so that nobody pays more than they were told."""
    price = money(price_minor, offer.currency, locale)
    single_minor = compare_at_minor(offer) or offer.price_minor
    saving_minor = max(0, single_minor * quantity - price_minor)
    unit_price_minor = -(-price_minor // quantity)  # rounded up
    unit_price = money(unit_price_minor, offer.currency, locale)
    values = {
        "price": price["text"],
        "quantity": number(quantity, locale),
        "saving": money(saving_minor, offer.currency, locale)["text"],
        "product": product(offer, quantity, locale),
    }
    saving_text = ""
    if not saving_minor and "{saving}" in label:
        label = translated(TIER_ACCEPT, locale)
    if saving_minor:
        saving_text = fill_placeholders(translated(SAVING, locale), values)
    return {
        "quantity": quantity,
        "price": price,
        "unit_price_text": translated(EACH, locale).replace("{price}", unit_price["text"]),
        "saving_text": saving_text,
        "accept_label": fill_placeholders(label, values),
        "added_text": fill_placeholders(translated(MESSAGES, locale)["added"], values),
    }
