"""What is built for a shop: the same each time, complete, and of one version."""

import re
import shutil
import zipfile

import pytest

from tests.integrations.woocommerce.plugin import FOLDER
from tools import woocommerce_plugin

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="no gettext is installed")


def test_zip_is_the_same_each_time_and_holds_the_plugin_alone(tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    woocommerce_plugin.pack(first)
    (FOLDER / "offerlift.php").touch()
    woocommerce_plugin.pack(second)
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert {"offerlift/offerlift.php", "offerlift/readme.txt", "offerlift/uninstall.php", "offerlift/license.txt"} <= {
        *names
    }
    assert {name.partition("/")[0] for name in names} == {"offerlift"}
    assert [name for name in names if "/tests/" in name] == []


def test_versions_agree():
    main, readme = (FOLDER / "offerlift.php").read_text(), (FOLDER / "readme.txt").read_text()
    [version] = re.findall(r"^ \* Version: (\S+)$", main, re.MULTILINE)
    assert re.findall(r"^define\('OFFERLIFT_VERSION', '(\S+)'\);$", main, re.MULTILINE) == [version]
    assert re.findall(r"^Stable tag: (\S+)$", readme, re.MULTILINE) == [version]
    assert f"= {version} =" in readme
    for name in ("Requires at least", "Requires PHP", "Requires Plugins", "WC requires at least", "WC tested up to"):
        [said] = re.findall(rf"^ \* {name}: (.+)$", main, re.MULTILINE)
        assert re.findall(rf"^{name}: (.+)$", readme, re.MULTILINE) == [said], name


@needs_gettext
def test_template_for_translators_has_all_texts():
    assert woocommerce_plugin.TEMPLATE.read_text() == woocommerce_plugin.collect_texts(), (
        "run .venv/bin/python -m tools.woocommerce_plugin --texts"
    )


def test_texts_name_the_plugins_domain():
    calls = re.compile(r"\b(?:__|_e|_n|_x|esc_html__|esc_attr__)\((?!\$)(?:[^()']|'(?:[^'\\]|\\.)*'|\([^()]*\))*\)")
    for file in FOLDER.glob("includes/**/*.php"):
        for call in calls.findall(file.read_text()):
            assert re.search(r"'offerlift'\s*\)$", call), (file.name, call)
