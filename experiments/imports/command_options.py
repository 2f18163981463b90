"""What all commands that read a table can be told about it."""

from argparse import ArgumentParser

from experiments.imports.renamed import headers_of
from experiments.tables import COMMA, POINT

DECIMALS = {"point": POINT, "comma": COMMA}


def add_decimal(parser: ArgumentParser) -> None:
    """``--decimal``."""
    parser.add_argument(
        "--decimal",
        choices=DECIMALS,
        help="the decimal sign; by default a comma if semicolons separate the columns, else a point",
    )


def add_column(parser: ArgumentParser, example: str) -> None:
    """``--column``, which may be given repeatedly."""
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=HEADER",
        help=f"what the file calls a column, such as {example}; may be given repeatedly",
    )


def decimal_of(name: str | None) -> str | None:
    """The sign that the option names."""
    if name is None:
        # the file's own separator of columns tells it
        return None
    return DECIMALS[name]


__all__ = ["add_column", "add_decimal", "decimal_of", "headers_of"]
