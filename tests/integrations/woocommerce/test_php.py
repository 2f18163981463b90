"""The plugin in every PHP that it may meet: each file compiles without a complaint, and its tests pass.

A short part of it runs each time; all tests of the plugin in each version are for ``make check-long``.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integrations.woocommerce.php import FOLDER, NEWEST, OLDEST, ROOT, VERSIONS, run_php, sources

SCRIPTS = sorted(FOLDER.glob("tests/test-*.php"))
# Complaints of the compiler, such as of what a later PHP won't allow, end it as errors do.
STRICT = 'set_error_handler(function ($number, $why, $file) { echo "$file: $why\\n"; exit(1); });'
# Compiled and not run: a file returns at once. What is the same in all files would be declared twice.
COMPILE = """
foreach (json_decode({files}) as $file) {{
    $opening = '/^<\\?php\\s*(?:\\/\\*.*?\\*\\/\\s*)*(?:declare\\([^)]*\\);\\s*)?(?:namespace [^;]+;\\s*)?/s';
    file_put_contents('/tmp/compiled.php', preg_replace($opening, '$0 return; ', file_get_contents($file), 1, $count));
    if ($count !== 1) {{ echo "$file doesn't begin with <?php\\n"; exit(1); }}
    ob_start(function ($complaint) use ($file) {{ return $complaint === '' ? '' : "$file: $complaint"; }});
    include '/tmp/compiled.php';
    ob_end_flush();
}}
echo 'compiled';
"""


def compiled(files: list[str], version: str) -> str:
    """What PHP says to these files, each alone in its names; ``compiled`` where it has nothing to say."""
    return run_php(STRICT + COMPILE.format(files=json.dumps(json.dumps(files))), version).text


@pytest.mark.php
@pytest.mark.parametrize("version", VERSIONS)
def test_every_file_compiles_without_a_complaint(version):
    assert len(sources()) > 20
    assert compiled(list(sources()), version) == "compiled"


@pytest.mark.php
@pytest.mark.parametrize(
    ("source", "version", "complaint"),
    [
        ("<?php\nfunction () {", OLDEST, "syntax error"),
        ("<?php\nenum Moment {}", OLDEST, "syntax error"),
        ("<?php\n/** Says. */\nfunction a($b = 1, $c) {}", NEWEST, "Optional parameter"),
        ("<?php\nfunction a(string $b = null) {}", NEWEST, "nullable"),
    ],
)
def test_file_that_a_version_complains_of_is_found(monkeypatch, version, source, complaint):
    path = str(FOLDER / "includes" / "wrong.php")
    monkeypatch.setitem(sources(), path, source)
    text = compiled([path], version)
    assert complaint in text
    assert "wrong.php" in text or "compiled.php" in text


@pytest.mark.php
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_script_passes(script, version):
    ran = run_php(f"{STRICT} require '{script}';", version)
    assert (ran.code, ran.text) == (0, "")


@pytest.mark.php
def test_script_that_finds_something_wrong_fails(monkeypatch):
    money = str(FOLDER / "includes" / "cart" / "money.php")
    monkeypatch.setitem(sources(), money, sources()[money].replace("'JPY' => 0", "'JPY' => 2"))
    ran = run_php(f"{STRICT} require '{FOLDER / 'tests' / 'test-money.php'}';")
    assert (ran.code, ran.text) == (1, "'1290' JPY is 129000, not 1290.\n")


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_all_tests_of_the_plugin_pass_in(version):
    folder = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-q", "-m", "php and not long", "-p", "no:cacheprovider", str(folder)]
    environment = {**os.environ, "PLUGIN_PHP": version}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stdout
