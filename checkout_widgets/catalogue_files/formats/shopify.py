"""Shopify's export of products (both of its headers) and its ``products.json``.

A product's first row has its title; further rows have one variant each, or only another picture.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, NO, OUT_OF_STOCK, fitting, plain
from experiments.models import Store
from experiments.tables import BadRow, Row, Table

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
NO_OPTION = "default title"  # Shopify's own name for the only variant of a product without options
SELLS_ON = frozenset({"continue", "true", "yes"})
# A status that isn't here, such as a new one, counts as sold: the export is of what the shop has on sale.
UNSOLD = frozenset({"draft", "archived", "unlisted"})


def note() -> str:
    """Return what to tell whoever imports such a file."""
    return _("The file was read as Shopify's export of products.")


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
    """Yield a row for each variant, with our columns."""
    product = ProductOfRows()
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        variant = row.mapped(sources_of(row))
        if variant["handle"] != product.handle or product.values is None:
            product = ProductOfRows(variant["handle"], dict(variant.values))
        # Rows without either only bring another picture of the product.
        if variant["price"] or variant["sku"]:
            yield replace(variant, values=variant_values(variant, replace_empty(product.values or {}, variant)))


def sources_of(row: Row) -> dict[str, str]:
    """Return which of the export's columns each of our names stands for, by its older header or its newer one."""
    sources = dict(OLD if row.has("handle") else NEW)
    for option in OPTIONS:
        sources[option] = option
    return sources


def replace_empty(product: Mapping[str, str], row: Row) -> dict[str, str]:
    """Return what holds for the row: the product's where the row doesn't say it."""
    values = dict(product)
    for name, value in row.values.items():
        if value.strip():
            values[name] = value
    return values


def variant_values(row: Row, product: Mapping[str, str]) -> dict[str, str]:
    """Return a variant under our columns. What the export has no column for isn't there."""
    values = {
        "sku": row["sku"],
        "title": variant_title(product.get("title", ""), [row[name] for name in OPTIONS]),
        "price": row["price"],
        "category": fitting("category", product.get("category", "")),
        "description": fitting("description", plain(product.get("body", ""))),
        "image_url": row["variant_image"] or product.get("image", "").strip(),
    }
    if row.has("cost"):
        values["cost"] = row["cost"]
    if says_stock(row):
        values["stock"] = counted_stock(row)
    if is_unsold(product.get("status", "")) or product.get("published", "").strip().lower() in NO:
        values["is_active"] = "no"
    return values


def says_stock(row: Row) -> bool:
    """Whether the export says the stock: a number, or by the tracker's column that nobody counts."""
    return row.has("stock") and bool(row["stock"] or not row["tracker"])


def counted_stock(row: Row) -> str:
    """Return the stock; empty, which is not counted, where nobody counts or the shop sells on without stock."""
    if not row["tracker"] or row["policy"].lower() in SELLS_ON:
        return ""
    return row["stock"]


def is_unsold(status: str) -> bool:
    """Whether a product in this status can't be bought."""
    return status.strip().lower() in UNSOLD


def variant_title(title: str, options: list[str]) -> str:
    """Return a product's title with what is special about the variant."""
    special = [option for option in options if option and option.lower() != NO_OPTION]
    parts = [title.strip(), " / ".join(special)]
    return fitting("title", " - ".join(filter(None, parts)))


def variants(row: Row) -> Iterator[Row]:
    """Yield a row for each variant of a product of ``products.json``, with our columns."""
    image = address(first_image(row))
    for variant in row.nested["variants"]:
        if isinstance(variant, dict):
            yield replace(row, values=json_values(row, variant, image), labels={}, nested={})
        else:
            yield replace(row, fault=BadRow(_("variants is not a list of objects: export the file again")))


def first_image(row: Row) -> Any:
    """Return the product's first picture as JSON; None where it has none."""
    images = row.nested.get("images")
    if isinstance(images, list) and images:
        return images[0]
    return row.nested.get("image")


def json_values(row: Row, variant: Mapping[str, Any], image: str) -> dict[str, str]:
    """Return a variant of ``products.json`` under our columns."""
    values = {
        "sku": text(variant.get("sku")),
        "title": variant_title(row["title"], [text(variant.get("title"))]),
        "price": text(variant.get("price")),
        "category": fitting("category", row["product_type"]),
        "description": fitting("description", plain(row["body_html"])),
        "image_url": address(variant.get("featured_image")) or image,
        "external_id": text(variant.get("id")),
        **json_stock(variant),
    }
    if is_unsold(row["status"]):
        values["is_active"] = "no"
    return values


def json_stock(variant: Mapping[str, Any]) -> dict[str, str]:
    """Return the stock of a variant of ``products.json``: the admin's has numbers, the public one only a word."""
    if variant.get("inventory_management") and "inventory_quantity" in variant:
        if variant.get("inventory_policy") == "continue":
            return {"stock": ""}
        return {"stock": text(variant["inventory_quantity"])}
    if "available" not in variant:
        return {}
    return {"stock": IN_STOCK if variant["available"] else OUT_OF_STOCK}


def address(image: Any) -> str:
    """Return the address of a picture, where there is one."""
    if not isinstance(image, dict):
        return ""
    return text(image.get("src"))


def text(value: Any) -> str:
    """Return a value as text; what is no single value makes the cell bad by what it says."""
    if value is None:
        return ""
    return str(value)
