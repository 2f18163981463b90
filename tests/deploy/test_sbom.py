"""The list of all that is shipped."""

import re
from pathlib import Path

import pytest

from tools import sbom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def components() -> dict[str, str]:
    """Versions by the names of packages."""
    found = {}
    for component in sbom.bill_of_materials()["components"]:
        found[component["purl"].split("@")[0]] = component["version"]
    return found


@pytest.mark.slow(seconds=6)
def test_list_has_every_package_that_is_pinned(components):
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(pinned) > 50
    for name, version in pinned:
        assert components[f"pkg:pypi/{name.replace('_', '-').replace('.', '-').lower()}"] == version


@pytest.mark.slow
def test_list_has_every_file_of_others_that_pages_load(components):
    folders = [path.name for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()]
    shipped = [name.split("/", 1)[1].replace("%40", "").replace("/", "-") for name in components if "pkg:npm/" in name]
    assert len(folders) == len(shipped)
    for name in shipped:
        assert any(folder.startswith(f"{name}-") for folder in folders)


def test_every_vendored_package_is_read():
    table = (ROOT / "static" / "vendor" / "README.md").read_text()
    assert len(sbom.front_end_files()) == len(re.findall("^[|] `", table, re.MULTILINE)) > 2
