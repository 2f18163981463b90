"""A feed: price and stock of products that are known, as CSV or as a JSON list, from the shop system every so often.

A row has ``sku`` and one or both of ``price`` (major units) and ``stock``; what is empty or missing stays as it is.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from django.db import transaction

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.result import BATCH, FileImport, change, wanted_rows
from checkout_widgets.models import Product
from experiments.imports.csv_rows import BadFile, BadRow, read_rows, text
from experiments.models import Store


def read_feed(file: BinaryIO, store: Store, *, is_skipping_bad_rows: bool = True) -> FileImport:
    """Update the products that the feed names. A product that the store doesn't have is a bad row.

    Bad rows cost the good ones nothing, unless told otherwise. Raises ``csv_rows.BadFile``.
    """
    result = FileImport()
    known = {product.sku: product for product in Product.objects.filter(store=store)}
    wanted = wanted_rows(
        rows_of(file),
        lambda row: read(row, store, known),
        "sku",
        result,
        is_skipping_bad_rows=is_skipping_bad_rows,
    )
    changed = [known[sku] for sku, row in wanted.items() if change(known[sku], row)]
    if changed:
        with transaction.atomic():
            Product.objects.bulk_update(changed, ["price_minor", "stock"], batch_size=BATCH)
    result.updated, result.unchanged = len(changed), len(wanted) - len(changed)
    return result


def read(row: Mapping[str, str], store: Store, known: Mapping[str, Product]) -> dict[str, Any]:
    """A row's SKU and what it says. Raises ``BadRow``."""
    sku = text(row, "sku", 64)
    if sku not in known:
        raise BadRow(f"sku {sku!r}: the store has no such product")
    said = {
        "price_minor": cells.optional_amount(row, "price", store.currency),
        "stock": cells.optional_count(row, "stock"),
    }
    if all(value is None for value in said.values()):
        raise BadRow("says neither price nor stock")
    return {"sku": sku, **{name: value for name, value in said.items() if value is not None}}


def rows_of(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, str] | BadRow]]:
    """The rows of either format, which is told by its first character."""
    start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    yield from json_rows(file) if start[:1] in (b"[", b"{") else read_rows(file, ("sku",))


def json_rows(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, str] | BadRow]]:
    """The objects of a JSON list as rows."""
    try:
        rows = json.loads(file.read().decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"The file can't be read as JSON: {error}.") from error
    if not isinstance(rows, list):
        raise BadFile("The file has to hold a list of objects, each with sku, and price or stock.")
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict) and row.get("sku"):
            yield number, {name: "" if value is None else str(value) for name, value in row.items()}
        else:
            yield number, BadRow("is no object with a sku")
