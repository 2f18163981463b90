"""The documentation's pictures are there, taken by the tool, and small enough for a repository."""

import re
from pathlib import Path

from tools.screenshots import PAGES, PICTURES

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 400_000  # bytes


def pictures_in_the_docs() -> set[str]:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {name for page in pages for name in re.findall(r"\((?:docs/)?pictures/([\w-]+)\.png\)", page.read_text())}


def test_pictures_in_the_docs_are_taken_by_the_tool():
    of_a_shop = {"woocommerce-settings", "woocommerce-setup"}  # tools/shop_screenshots.py, which needs the rig
    assert pictures_in_the_docs() <= {picture.name for picture in PAGES} | {"demo-store"} | of_a_shop


def test_pictures_in_the_docs_exist_and_are_small():
    sizes = {name: (PICTURES / f"{name}.png").stat().st_size for name in pictures_in_the_docs()}
    assert len(sizes) > 5
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
