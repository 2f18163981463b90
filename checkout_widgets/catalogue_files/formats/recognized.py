"""Which format a file has: told by its columns, and said; or the columns that the caller names."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.formats import google, shopify, woocommerce
from checkout_widgets.catalogue_files.options import FileOptions
from experiments.imports.renamed import sources_of
from experiments.models import Store
from experiments.tables import CSV, JSON, XML, BadRow, Row, Table, open_table
from experiments.tables.row import column_name


@dataclass(frozen=True, slots=True)
class Format:
    """A file as another system writes it.

    ``is_header`` says whether a table's header is this format's, ``read`` brings its rows under our columns, ``note``
    says so to whoever imports, and ``columns`` are names that tell its separator.
    """

    is_header: Callable[[Table], bool]
    read: Callable[[Iterator[Row], Store], Iterator[Row]]
    note: Callable[[], str]
    columns: frozenset[str]


FORMATS = (
    Format(shopify.is_export, shopify.read, shopify.note, shopify.COLUMNS),
    Format(woocommerce.is_export, woocommerce.read, woocommerce.note, woocommerce.COLUMNS),
    Format(google.is_feed, google.read, google.note, google.COLUMNS),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rows of a file under our columns' names, and how it was read."""

    rows: Iterator[Row]
    notes: list[str]


def open_catalogue(
    file: BinaryIO,
    store: Store,
    options: FileOptions,
    *,
    columns: Sequence[str],
    needed: Sequence[str],
    is_of_products: bool = True,
) -> Catalogue:
    """Open a file with ``columns``, of which a header must name the ``needed`` ones, in any format that is known.

    Raises ``BadFile``; so does reading the rows.
    """
    headers = options.headers or {}
    table = open_table(
        file,
        known=known_columns(columns, headers),
        takes=(CSV, JSON, XML) if is_of_products else (CSV,),
        decimal=options.decimal,
        limits=options.limits,
    )
    # Whoever names columns knows the file: it is then read by these, whatever its header looks like.
    if is_of_products and not headers:
        recognized = recognize(table, store)
        if recognized is not None:
            return recognized
    rows = our_rows(table, sources_of(table, columns, needed, headers), columns)
    return Catalogue(rows, table.notes)


def known_columns(columns: Sequence[str], headers: Mapping[str, str]) -> set[str]:
    """Return the names of columns by which a file's separator is told."""
    known = set(columns)
    known.update(map(column_name, headers.values()))
    for each in FORMATS:
        known |= each.columns
    return known


def recognize(table: Table, store: Store) -> Catalogue | None:
    """Return the rows of a file in one of ``FORMATS``; None where it isn't in any."""
    if table.kind == XML:
        return Catalogue(google.read(google.only_feed(table.rows), store), [*table.notes, google.note()])
    for each in FORMATS:
        if each.is_header(table):
            return Catalogue(each.read(table.rows, store), [*table.notes, each.note()])
    return None


def our_rows(table: Table, sources: Mapping[str, str], columns: Collection[str]) -> Iterator[Row]:
    """Yield the table's rows under our columns."""
    for row in flat(table):
        yield checked(row.mapped(sources), columns)


def flat(table: Table) -> Iterator[Row]:
    """Yield the table's rows; a JSON product with variants as a row for each of them."""
    for row in table.rows:
        # Told row by row and not by the file: Shopify's products.json has no header, and a list may mix both kinds.
        if table.kind == JSON and isinstance(row.nested.get("variants"), list):
            yield from shopify.variants(row)
        else:
            yield row


def checked(row: Row, columns: Collection[str]) -> Row:
    """Return the row, bad where JSON has a list or an object for one of our columns."""
    if row.fault is not None:
        return row
    for name in columns:
        if name in row.nested:
            message = _("{column} is a list or an object, not a single value").format(column=row.label(name))
            return replace(row, fault=BadRow(message))
    return row
