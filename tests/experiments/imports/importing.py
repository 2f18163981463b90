"""A small file of a past test, imported."""

import io
from typing import Any

from experiments.imports.results import ImportResult, import_experiment
from experiments.imports.units import Columns

ROWS = ["u1,A,0,0,Web", "u2,B,12.34,1,Web", "u3,B,5,2,Shop", "u4,A,7.5,1,"]


def run(rows: list[str] = ROWS, **options: Any) -> ImportResult:
    file = io.BytesIO("\n".join(["id,arm,spend,orders,channel", *rows]).encode())
    defaults = {
        "store_slug": "shop",
        "key": "mail",
        "name": "",
        "currency": None,
        "control": "A",
        "columns": Columns(variant="arm", revenue="spend", orders="orders", unit="id", segments=("channel",)),
    }
    return import_experiment(file, **defaults | options)
