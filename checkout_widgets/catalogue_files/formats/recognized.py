"""Which format a file has: told by its columns, and said; or the columns that the caller names."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from checkout_widgets.catalogue_files.formats import google, shopify, woocommerce
from experiments.imports.renamed import sources_of
from experiments.models import Store
from experiments.tables import COMMAND, CSV, JSON, XML, BadRow, Limits, Row, Table, open_table
from experiments.tables.row import column_name

Reader = Callable[[Iterator[Row], Store], Iterator[Row]]
FORMATS: tuple[tuple[Callable[[Table], bool], Reader, str, frozenset[str]], ...] = (
    (shopify.is_export, shopify.read, shopify.NOTE, shopify.COLUMNS),
    (woocommerce.is_export, woocommerce.read, woocommerce.NOTE, woocommerce.COLUMNS),
    (google.is_feed, google.read, google.NOTE, google.COLUMNS),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rows of a file under our columns' names, and how it was read."""

    rows: Iterator[Row]
    notes: list[str]


def open_catalogue(
    file: BinaryIO,
    store: Store,
    *,
    columns: Sequence[str],
    needed: Sequence[str],
    headers: Mapping[str, str] | None = None,
    decimal: str | None = None,
    limits: Limits = COMMAND,
    is_of_products: bool = True,
) -> Catalogue:
    """Open a file with ``columns``, of which a header must name the ``needed`` ones, in any format that is known.

    Raises ``BadFile``; so does reading the rows.
    """
    known = {*columns, *map(column_name, (headers or {}).values()), *chain.from_iterable(each[3] for each in FORMATS)}
    takes = (CSV, JSON, XML) if is_of_products else (CSV,)
    table = open_table(file, known=known, takes=takes, decimal=decimal, limits=limits)
    if is_of_products and not headers:
        for is_known, read, note, _ in FORMATS:
            if is_known(table):
                return Catalogue(read(table.rows, store), [*table.notes, note])
    if table.kind == XML and not headers:
        return Catalogue(google.read(google.only_feed(table.rows), store), [*table.notes, google.NOTE])
    sources = sources_of(table, columns, needed, headers or {})
    rows = (row.mapped(sources) for row in flat(table, store))
    return Catalogue((checked(row, columns) for row in rows), table.notes)


def flat(table: Table, store: Store) -> Iterator[Row]:
    """The table's rows; a JSON product with variants, as Shopify's ``products.json`` has them, as one row for each."""
    if table.kind != JSON:
        yield from table.rows
        return
    for row in table.rows:
        if isinstance(row.nested.get("variants"), list):
            yield from shopify.variants(row)
        else:
            yield row


def checked(row: Row, columns: Collection[str]) -> Row:
    """The row, bad where JSON has a list or an object for one of our columns."""
    wrong = [name for name in columns if name in row.nested]
    if not wrong or row.fault is not None:
        return row
    return replace(row, fault=BadRow(f"{row.label(wrong[0])} is a list or an object, not a single value"))
