"""What is built for a shop: the same each time, complete, and of one version."""

import gettext
import re
import shutil
import zipfile

import pytest
from babel.messages.pofile import read_po

from tests.integrations.woocommerce.plugin import FOLDER
from tools import woocommerce_plugin

TRANSLATIONS = sorted(FOLDER.glob("languages/*.po"))
PLACEHOLDER = re.compile(r"%(?:\d\$)?[sd]")
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


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda path: path.stem)
def test_translation_has_all_texts_with_their_placeholders(translation):
    with woocommerce_plugin.TEMPLATE.open("rb") as file:
        texts = [message for message in read_po(file) if message.id]
    with translation.open("rb") as file:
        translated = read_po(file)
    assert len(texts) > 50
    for message in texts:
        found = translated.get(message.id)
        assert found is not None, message.id
        assert found.string is not None, message.id
        originals = [message.id] if isinstance(message.id, str) else message.id
        strings = [found.string] if isinstance(found.string, str) else found.string
        for original, string in zip(originals, strings, strict=True):
            assert string, original
            assert sorted(PLACEHOLDER.findall(string)) == sorted(PLACEHOLDER.findall(original)), original


def test_zip_has_translations_as_wordpress_reads_them(tmp_path):
    woocommerce_plugin.pack(tmp_path / "built.zip")
    with zipfile.ZipFile(tmp_path / "built.zip").open("offerlift/languages/offerlift-de_DE.mo") as file:
        german = gettext.GNUTranslations(file)
    assert german.gettext("Connect") == "Verbinden"
    sent = "The plugin checked %1$s ago that Offerlift has all orders. So far, it has sent %2$d order{} again."
    assert "Bestellungen nachgesendet" in german.ngettext(sent.format(""), sent.format("s"), 2)


def test_texts_name_the_plugins_domain():
    calls = re.compile(r"\b(?:__|_e|_n|_x|esc_html__|esc_attr__)\((?!\$)(?:[^()']|'(?:[^'\\]|\\.)*'|\([^()]*\))*\)")
    for file in FOLDER.glob("includes/**/*.php"):
        for call in calls.findall(file.read_text()):
            assert re.search(r"'offerlift'\s*\)$", call), (file.name, call)
