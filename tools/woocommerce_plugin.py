"""Build the WooCommerce plugin: its folder in ``var/woocommerce-plugin``, and the zip that WordPress installs.

The zip is the same byte for byte from the same files, and has each translation (``languages/*.po``) as WordPress reads
it (``.mo``), too. ``--texts`` collects the plugin's texts for translators instead.
"""

import argparse
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "integrations" / "woocommerce"
FOLDER = ROOT / "var" / "woocommerce-plugin"
NAME = "offerlift"
LEFT_OUT = {"tests"}
TEMPLATE = SOURCE / "languages" / "offerlift.pot"
# Zip knows no earlier time; a file's own would make each build another.
TIME = (1980, 1, 1, 0, 0, 0)
KEYWORDS = ["__:1", "_e:1", "esc_html__:1", "esc_attr__:1", "_n:1,2", "_x:1,2c"]
HEAD = """\
# Texts of the Offerlift plugin for WooCommerce.
# This file is distributed under the same license as the plugin.
msgid ""
msgstr ""
"Project-Id-Version: Offerlift\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: offerlift\\n"

"""


def files() -> Iterator[Path]:
    """Yield what belongs into a shop, by path below the plugin's folder."""
    for path in sorted(SOURCE.rglob("*")):
        relative = path.relative_to(SOURCE)
        if path.is_file() and relative.parts[0] not in LEFT_OUT:
            yield relative


def contents() -> Iterator[tuple[Path, bytes]]:
    """Yield each file as it is in a shop: its path below the plugin's folder, and its bytes."""
    for relative in files():
        yield relative, (SOURCE / relative).read_bytes()
        if relative.suffix == ".po":
            yield relative.with_suffix(".mo"), compiled(SOURCE / relative)


def compiled(translation: Path) -> bytes:
    """Return a translation as WordPress reads it."""
    with translation.open("rb") as file:
        catalog = read_po(file)
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def copy(folder: Path) -> None:
    """Put the plugin's files into a folder, in the place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    for relative, content in contents():
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def pack(target: Path) -> None:
    """Write the zip to a place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_zip(file)


def write_zip(file: IO[bytes]) -> None:
    """Write the zip; the setup page offers it for download."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for relative, content in contents():
            entry = zipfile.ZipInfo(f"{NAME}/{relative.as_posix()}", TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)


def collect_texts() -> str:
    """Return the template for translators, as gettext's ``xgettext`` finds the texts in PHP and in scripts."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "found.pot"
        add_texts(found, "PHP", ".php")
        add_texts(found, "JavaScript", ".js")
        collected = found.read_text()
    return HEAD + described_in_header() + collected.replace(f" {SOURCE.name}/", " ")


def add_texts(target: Path, language: str, suffix: str) -> None:
    """Add the texts of files of a language to a template, which need not be there yet."""
    sources = [f"{SOURCE.name}/{path.as_posix()}" for path in files() if path.suffix == suffix]
    options = [f"--keyword={keyword}" for keyword in KEYWORDS]
    command = ["xgettext", f"--language={language}", "--from-code=UTF-8", "--omit-header", "--add-comments=translators"]
    command += ["--add-location=file", "--sort-by-file", "--no-wrap", f"--output={target}", *options]
    if target.exists():
        command.append("--join-existing")
    subprocess.run([*command, *sources], cwd=SOURCE.parent, check=True)


def described_in_header() -> str:
    """Return what WordPress's list of plugins says of it: it translates that line of the plugin's header too."""
    main_file = f"{NAME}.php"
    line = re.search(r"^ \* Description: (.+)$", (SOURCE / main_file).read_text(), re.MULTILINE)
    assert line, "the plugin's header has no description"
    return f'#. Description of the plugin\n#: {main_file}\nmsgid "{line[1]}"\nmsgstr ""\n\n'


def main() -> None:
    """Build, or collect the texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", action="store_true", help="write languages/offerlift.pot; needs gettext")
    if parser.parse_args().texts:
        TEMPLATE.write_text(collect_texts())
        return
    copy(FOLDER / NAME)
    pack(ROOT / "var" / f"{NAME}.zip")
    print(f"var/{NAME}.zip, and unpacked in {FOLDER.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
