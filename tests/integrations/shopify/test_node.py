"""The parts of the Shopify app, each by the tests that Node runs."""

import subprocess

import pytest

from tests.integrations.shopify.node import FOLDER, NODE, ROOT, install

TESTS = sorted(FOLDER.glob("*.test.mjs"))


@pytest.mark.slow
@pytest.mark.parametrize("tests", TESTS, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_part_of_the_app(tests):
    install()
    command = [*NODE, "--import", str(FOLDER / "loader.mjs"), "--test-reporter=spec", "--test", str(tests)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
