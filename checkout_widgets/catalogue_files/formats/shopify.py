"""Shopify's export of products (both of its headers) and its ``products.json``.

A product's first row has its title; further rows have one variant each, or only another picture.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, NO, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadRow, Row, Table

NOTE = "The file was read as Shopify's export of products."
OLD = {
    "handle": "handle",
    "title": "title",
    "body": "body_(html)",
    "category": "type",
    "status": "status",
    "published": "published",
    "sku": "variant_sku",
    "price": "variant_price",
    "cost": "cost_per_item",
    "stock": "variant_inventory_qty",
    "tracker": "variant_inventory_tracker",
    "policy": "variant_inventory_policy",
    "image": "image_src",
    "variant_image": "variant_image",
}
NEW = {
    "handle": "url_handle",
    "title": "title",
    "body": "description",
    "category": "type",
    "status": "status",
    "published": "published_on_online_store",
    "sku": "sku",
    "price": "price",
    "cost": "cost_per_item",
    "stock": "inventory_quantity",
    "tracker": "inventory_tracker",
    "policy": "continue_selling_when_out_of_stock",
    "image": "product_image_url",
    "variant_image": "variant_image_url",
}
OPTIONS = ("option1_value", "option2_value", "option3_value")
COLUMNS = frozenset({*OLD.values(), *NEW.values(), *OPTIONS})
NO_OPTION = "default title"
SELLS_ON = frozenset({"continue", "true", "yes"})
UNSOLD = frozenset({"draft", "archived", "unlisted"})


def is_export(table: Table) -> bool:
    """Whether the header is one of Shopify's."""
    return table.has("handle", "title", "variant_sku", "variant_price") or table.has(
        "url_handle", "title", "sku", "price", "option1_value"
    )


@dataclass(slots=True)
class ProductOfRows:
    """What the rows of one product say of all its variants."""

    handle: str = ""
    values: dict[str, str] | None = None


def read(rows: Iterator[Row], store: Store) -> Iterator[Row]:
    """A row for each variant, with our columns."""
    product = ProductOfRows()
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        names = OLD if row.has("handle") else NEW
        found = row.mapped({**names, **{option: option for option in OPTIONS}})
        if found["handle"] != product.handle or product.values is None:
            product = ProductOfRows(found["handle"], dict(found.values))
        if found["price"] or found["sku"]:
            yield replace(found, values=variant_values(found, replace_empty(product.values or {}, found)))


def replace_empty(product: Mapping[str, str], row: Row) -> dict[str, str]:
    """What holds for the row: the product's where the row doesn't say it."""
    return {**product, **{name: value for name, value in row.values.items() if value.strip()}}


def variant_values(row: Row, product: Mapping[str, str]) -> dict[str, str]:
    """A variant under our columns. What the export has no column for isn't there."""
    options = [row[name] for name in OPTIONS]
    values = {
        "sku": row["sku"],
        "title": titled(product.get("title", ""), options),
        "price": row["price"],
        "category": fitting("category", product.get("category", "")),
        "description": fitting("description", plain(product.get("body", ""))),
        "image_url": row["variant_image"] or product.get("image", "").strip(),
    }
    if row.has("cost"):
        values["cost"] = row["cost"]
    if row.has("stock") and (row["stock"] or not row["tracker"]):
        is_counted = row["tracker"] and row["policy"].lower() not in SELLS_ON
        values["stock"] = row["stock"] if is_counted else ""
    is_unsold = product.get("status", "").strip().lower() in UNSOLD
    if is_unsold or product.get("published", "").strip().lower() in NO:
        values["is_active"] = "no"
    return values


def titled(title: str, options: list[str]) -> str:
    """A product's title with what is special about the variant."""
    special = [option for option in options if option and option.lower() != NO_OPTION]
    return fitting("title", " - ".join(filter(None, (title.strip(), " / ".join(special)))))


def variants(row: Row) -> Iterator[Row]:
    """A product of ``products.json`` as a row for each of its variants, with our columns."""
    images = row.nested.get("images")
    first = images[0] if isinstance(images, list) and images else row.nested.get("image")
    for variant in row.nested["variants"]:
        if isinstance(variant, dict):
            yield replace(row, values=json_values(row, variant, address(first)), labels={}, nested={})
        else:
            yield replace(row, fault=BadRow("variants has something other than objects"))


def json_values(row: Row, variant: Mapping[str, Any], image: str) -> dict[str, str]:
    """A variant of ``products.json`` under our columns."""
    values = {
        "sku": text(variant.get("sku")),
        "title": titled(row["title"], [text(variant.get("title"))]),
        "price": text(variant.get("price")),
        "category": fitting("category", row["product_type"]),
        "description": fitting("description", plain(row["body_html"])),
        "image_url": address(variant.get("featured_image")) or image,
        "external_id": text(variant.get("id")),
    }
    if variant.get("inventory_management") and "inventory_quantity" in variant:
        sells_on = variant.get("inventory_policy") == "continue"
        values["stock"] = "" if sells_on else text(variant["inventory_quantity"])
    elif "available" in variant:
        values["stock"] = IN_STOCK if variant["available"] else OUT_OF_STOCK
    if row["status"].lower() in UNSOLD:
        values["is_active"] = "no"
    return values


def address(image: Any) -> str:
    """The address of a picture, where there is one."""
    return text(image.get("src")) if isinstance(image, dict) else ""


def text(value: Any) -> str:
    """A value as text; what is no single value makes the cell bad by what it says."""
    return "" if value is None else str(value)
