"""Many exposures at once."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from experiments.models import Exposure

FIELDS = [field for field in Exposure._meta.concrete_fields if field.column]  # not the key of two of them
DEFAULTS = {str(field.column): field.get_default() for field in FIELDS} | {"segments": json.dumps({})}


def copy_exposures(rows: Iterable[dict[str, Any]]) -> None:
    """Insert exposures by COPY, which takes a small part of the ORM's time: rows by column, defaults for the rest."""
    columns = ", ".join(DEFAULTS)
    with connection.cursor() as cursor, cursor.copy(f"COPY {Exposure._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(list((DEFAULTS | row).values()))
