"""The React component and the Medusa example, by the tests that Node runs."""

import subprocess
from pathlib import Path

import pytest

from tests.fake_edges import NODE, ROOT

FOLDER = Path(__file__).parent
TESTS = sorted(FOLDER.glob("*.test.mjs"))


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    subprocess.run([ROOT / "tools" / "headless.sh"], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("tests", TESTS, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_headless_shop(tests):
    command = [*NODE, "--import", str(FOLDER / "loader.mjs"), "--test-reporter=spec", "--test", str(tests)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_types_of_the_clients_and_of_the_medusa_example():
    compiler = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
    command = [*NODE, str(compiler), "-p", str(FOLDER)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
