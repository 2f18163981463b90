"""Writes what a simulation found into the documentation, between the marks that stand there for it."""

from pathlib import Path

STATISTICS = Path(__file__).parents[1] / "docs" / "statistics.md"


def put_between(name: str, text: str, *, document: Path = STATISTICS) -> None:
    """Replace what stands between ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, _, rest = document.read_text().partition(begin)
    _, _, after = rest.partition(end)
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
