"""Which version this is; ``CHANGELOG.md`` says."""

import re
from functools import cache

from django.conf import settings


@cache
def version() -> str:
    """Return the newest released version in the changelog, such as ``"0.1.0"``. Raises ``ValueError``."""
    text = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    released = re.search(r"^## \[(\d+\.\d+\.\d+)\]", text, re.MULTILINE)
    if released is None:
        raise ValueError("CHANGELOG.md names no released version: add a heading such as '## [0.1.0] - 2026-11-22'.")
    return released[1]
