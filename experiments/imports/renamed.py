"""What a file calls our columns: ``--column NAME=HEADER``."""

from collections.abc import Collection, Mapping, Sequence

from experiments.tables import BadFile, Table
from experiments.tables.row import column_name


def headers_of(pairs: Sequence[str]) -> dict[str, str]:
    """``["order_id=Id"]`` -> ``{"order_id": "Id"}``. Raises ``BadFile``."""
    headers: dict[str, str] = {}
    for pair in pairs:
        name, sign, header = pair.partition("=")
        if not sign:
            raise BadFile(f"--column {pair} must be NAME=HEADER, such as order_id=Id.")
        if name in headers:
            raise BadFile(f"--column names {name} twice: remove one of the two.")
        headers[name] = header
    return headers


def sources_of(
    table: Table, columns: Collection[str], needed: Sequence[str], headers: Mapping[str, str]
) -> dict[str, str]:
    """Where each of our columns is in the table. Raises ``BadFile`` for a wrong name, or one that is missing."""
    check_names(headers, columns)
    required = list(headers.values())
    for name in needed:
        if name not in headers:
            required.append(name)
    table.require(required)
    sources = {}
    for name in columns:
        # a column that nobody has named is expected under our own name
        sources[name] = column_name(headers.get(name, name))
    return sources


def check_names(headers: Mapping[str, str], columns: Collection[str]) -> None:
    """Raise ``BadFile`` where a header is given for a column that doesn't exist, which is a typing error."""
    for name in headers:
        if name not in columns:
            raise BadFile(f"There is no column {name!r} to name; the columns are {', '.join(columns)}.")
