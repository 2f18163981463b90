"""Pinned and banned pairs as CSV: a row says what is suggested first beside a product or a category, or never."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files import cells
from checkout_widgets.catalogue_files.formats import open_catalogue
from checkout_widgets.catalogue_files.options import DEFAULT, FileOptions
from checkout_widgets.catalogue_files.result import FileImport, wanted_rows
from checkout_widgets.models import ChosenPair, Product
from checkout_widgets.recommending import curating
from experiments.models import Store
from experiments.tables import BadRow, Row
from experiments.tables.cells import fault
from experiments.tables.faults import shown

COLUMNS = ("product", "category", "suggested", "choice", "reason")
NEEDED = ("suggested", "choice")
PIN, BAN = "pin", "ban"
PAIR = "pair"  # the field that names what a row is about

Pair = tuple[int | None, str, int]  # the product's primary key or a category, and the suggested product's


def import_pairs(file: BinaryIO, store: Store, options: FileOptions = DEFAULT) -> FileImport:
    """Pin and ban pairs; those that the file doesn't name stay as they are.

    All or nothing, unless bad rows are skipped. Each change has an entry in the audit trail. Raises ``BadFile``.
    """
    catalogue = open_catalogue(file, store, options, columns=COLUMNS, needed=NEEDED, is_of_products=False)
    result = FileImport(notes=catalogue.notes)
    with transaction.atomic():
        # Locked from the beginning, as ``curating`` locks it: else a pair could be chosen between reading and writing.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        reader = PairReader(store, dict(Product.objects.filter(store=store).values_list("sku", "pk")))
        wanted = wanted_rows(
            catalogue.rows, reader.read, PAIR, result, is_skipping_bad_rows=options.is_skipping_bad_rows
        )
        known = {pair_of(choice): choice for choice in ChosenPair.objects.filter(store=store)}
        for row in wanted.values():
            save(store, known.get(row["key"]), row, actor=options.actor, result=result)
    return result


def pair_of(choice: ChosenPair) -> Pair:
    """Return what a choice is about."""
    return choice.product_id, choice.category, choice.suggested_id


def save(store: Store, choice: ChosenPair | None, row: Mapping[str, Any], *, actor: str, result: FileImport) -> None:
    """Pin or ban one pair; a choice that changes is replaced, so that the trail has both."""
    product_id, category, suggested_id = row["key"]
    if choice is not None:
        if (choice.is_banned, choice.reason) == (row["is_banned"], row["reason"]):
            result.unchanged += 1
            return
        curating.forget(choice, actor=actor)
        result.updated += 1
    else:
        result.created += 1
    new = ChosenPair(
        store=store,
        product_id=product_id,
        category=category,
        suggested_id=suggested_id,
        is_banned=row["is_banned"],
        reason=row["reason"],
    )
    curating.choose(new, actor=actor)


@dataclass(frozen=True, slots=True)
class PairReader:
    """Reads rows for a store: ``products`` are the primary keys of its products by SKU."""

    store: Store
    products: Mapping[str, int]

    def read(self, row: Row) -> dict[str, Any]:
        """Return what a row says of a pair. Raises ``BadRow``."""
        product_id = None
        if row["product"]:
            product_id = self.product_of(row, "product")
        category = cells.optional_words(row, "category", 64)
        suggested_id = self.product_of(row, "suggested")
        if suggested_id == product_id:
            raise fault(row, "suggested", _("is the product itself: name another one"))
        choice = ChosenPair(
            store=self.store,
            product_id=product_id,
            category=category,
            suggested_id=suggested_id,
            is_banned=choice_of(row) == BAN,
            reason=cells.optional_words(row, "reason", 200),
        )
        try:
            # Without the constraint that a pair is chosen once: a row may change what was chosen before.
            choice.validate_constraints(exclude={"suggested"})
        except ValidationError as error:
            raise BadRow(" ".join(error.messages)) from error
        return {
            PAIR: " + ".join(filter(None, (row["product"], category, row["suggested"]))),
            "key": pair_of(choice),
            "is_banned": choice.is_banned,
            "reason": choice.reason,
        }

    def product_of(self, row: Row, column: str) -> int:
        """Return the primary key of the product in a column. Raises ``BadRow`` where the store doesn't have it."""
        sku = cells.name(row, column)
        product_id = self.products.get(sku)
        if product_id is None:
            raise BadRow(
                _("{column}: the store has no product {sku}: import it first").format(
                    column=row.label(column), sku=shown(sku)
                )
            )
        return product_id


def choice_of(row: Row) -> str:
    """Return whether the pair is pinned or banned. Raises ``BadRow``."""
    choice = row["choice"].strip().lower()
    if choice not in (PIN, BAN):
        raise fault(row, "choice", _("is not one of {choices}").format(choices=f"{PIN}, {BAN}"))
    return choice


def export_pairs(file: IO[str], store: Store) -> int:
    """Write what a store's merchandisers chose as CSV, and return how much; ``import_pairs`` reads what it writes."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    choices = ChosenPair.objects.filter(store=store).select_related("product", "suggested").order_by("pk")
    for choice in choices:
        writer.writerow(written_row(choice))
    return len(choices)


def written_row(choice: ChosenPair) -> list[str]:
    """Return a choice as a row of ``COLUMNS``."""
    sku, choice_word = "", PIN
    if choice.product is not None:
        sku = choice.product.sku
    if choice.is_banned:
        choice_word = BAN
    return [
        cells.guarded(sku),
        cells.guarded(choice.category),
        cells.guarded(choice.suggested.sku),
        choice_word,
        cells.guarded(choice.reason),
    ]
