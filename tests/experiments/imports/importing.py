"""A small file of a past test, imported."""

import io
from typing import Any

from experiments.imports.results import ImportResult, PastTest, import_experiment
from experiments.imports.units import Columns

ROWS = ["u1,A,0,0,Web", "u2,B,12.34,1,Web", "u3,B,5,2,Shop", "u4,A,7.5,1,"]


COLUMNS = Columns(variant="arm", revenue="spend", orders="orders", unit="id", segments=("channel",))


def run(
    rows: list[str] = ROWS, *, columns: Columns = COLUMNS, is_skipping_bad_rows: bool = False, **test: Any
) -> ImportResult:
    file = io.BytesIO("\n".join(["id,arm,spend,orders,channel", *rows]).encode())
    past = PastTest(**{"store_slug": "shop", "key": "mail", "control": "A"} | test)
    return import_experiment(file, past, columns, is_skipping_bad_rows=is_skipping_bad_rows)
