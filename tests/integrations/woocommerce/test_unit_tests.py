"""The plugin's unit tests in PHP, which lie with it so that they run under any PHP, pass under this one."""

import subprocess
from pathlib import Path

import pytest

from tests.integrations.woocommerce.plugin import FOLDER, PHP, needs_php


@needs_php
@pytest.mark.parametrize("script", sorted(FOLDER.glob("tests/test-*.php")), ids=lambda script: script.stem)
def test_script_passes(script: Path):
    result = subprocess.run([PHP or "", str(script)], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr
