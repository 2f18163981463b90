"""A feed: price and stock of products that are known, from the shop system every so often.

A row has ``sku`` and one or both of ``price`` (major units) and ``stock``; what is empty or missing stays as it is.
"""

from collections.abc import Collection
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.options import DEFAULT, FileOptions
from checkout_widgets.catalogue_files.result import BATCH, FileImport, change, wanted_rows
from checkout_widgets.models import Product
from experiments.models import Store
from experiments.tables import BadRow, Row
from experiments.tables.faults import shown

COLUMNS = ("sku", "price", "stock")
NEEDED = ("sku",)


def read_feed(file: BinaryIO, store: Store, options: FileOptions = DEFAULT) -> FileImport:
    """Update the products that the feed names. A product that the store doesn't have is a bad row.

    Bad rows never cost the good ones, whatever the options say: nobody stands beside a feed to mend it.
    Raises ``BadFile``.
    """
    catalogue = open_catalogue(file, store, options, columns=COLUMNS, needed=NEEDED)
    result = FileImport(notes=catalogue.notes)
    skus = set(Product.objects.filter(store=store).values_list("sku", flat=True))

    def read_row(row: Row) -> dict[str, Any]:
        return read(row, store.currency, skus)

    wanted = wanted_rows(catalogue.rows, read_row, "sku", result, is_skipping_bad_rows=True)
    with transaction.atomic():
        # Locked, so that a feed of stock alone doesn't write back a price that somebody changes meanwhile.
        known = Product.objects.select_for_update().filter(store=store, sku__in=wanted)
        changed = [product for product in known if change(product, wanted[product.sku])]
        if changed:
            Product.objects.bulk_update(changed, ["price_minor", "stock"], batch_size=BATCH)
    result.updated, result.unchanged = len(changed), len(wanted) - len(changed)
    return result


def read(row: Row, currency: str, skus: Collection[str]) -> dict[str, Any]:
    """Return a row's SKU and what it says. Raises ``BadRow``."""
    sku = cells.name(row, "sku")
    if sku not in skus:
        raise BadRow(
            _("{column} {value}: the store has no such product; import it first").format(
                column=row.label("sku"), value=shown(sku)
            )
        )
    fields: dict[str, Any] = {"sku": sku}
    if row["price"]:
        fields["price_minor"] = cells.amount(row, "price", currency)
    if row["stock"]:
        fields["stock"] = cells.stock(row, "stock")
    if len(fields) == 1:
        raise BadRow(_("has no price and no stock: fill in one of them"))
    return fields
