"""The documentation as a site: every link leads somewhere, and its pages load nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LOADS = re.compile(
    r"<(?:script|img|iframe|source|video)\b[^>]*\bsrc=[\"']?(?:https?:)?//|<link\b[^>]*\bhref=[\"']?https?:"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; with a link to a page or heading that there isn't, it is not built."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "zensical.toml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    build = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert build.returncode == 0, build.stdout + build.stderr
    return folder / "var/docs"


def test_every_document_is_a_page_that_loads_nothing_from_elsewhere(site):
    documents = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README"} | {"index"}
    pages = {path.stem: path.read_text() for path in site.glob("*.html") if path.stem != "404"}
    assert set(pages) == documents
    assert [name for name, page in pages.items() if LOADS.search(page)] == []


def test_every_document_is_in_the_navigation(site):
    index = (site / "index.html").read_text()
    missing = [
        page.name for page in site.glob("*.html") if page.stem not in {"404", "index"} and page.name not in index
    ]
    assert missing == []
