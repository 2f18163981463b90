"""Long SQL in files of its own: ``sql/NAME.sql`` beside the module that runs it.

Where a statement has parts (CTEs), a line that begins with ``-- result:`` stands before the final SELECT, so that a
test can ask for any part alone. The driver reads comments too: none may contain a percent sign.
"""

from pathlib import Path


def read_sql(module: str, name: str) -> str:
    """The text of ``sql/NAME.sql`` beside a module, given as its ``__file__``."""
    return (Path(module).parent / "sql" / f"{name}.sql").read_text()
