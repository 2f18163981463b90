"""Reads tables from files: the only place that unpacks, decodes, and splits uploaded files.

CSV with any usual separator, JSON and XML become rows of text; whoever imports them reads cells with ``cells``. How
much a file may hold is in ``limits``; a file or a row that can't be read says why in ``faults``.
"""

from experiments.tables.faults import BadFile, BadRow, RowErrors
from experiments.tables.limits import COMMAND, UPLOAD, Limits
from experiments.tables.row import COMMA, POINT, Row
from experiments.tables.table import CSV, JSON, XML, Table, open_table

__all__ = [
    "COMMA",
    "COMMAND",
    "CSV",
    "JSON",
    "POINT",
    "UPLOAD",
    "XML",
    "BadFile",
    "BadRow",
    "Limits",
    "Row",
    "RowErrors",
    "Table",
    "open_table",
]
