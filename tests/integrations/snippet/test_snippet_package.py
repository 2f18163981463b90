"""The npm package: what is in it, and its types."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fake_edges import NODE, ROOT, SOURCE

CONSUMER = """
import { loadOfferlift } from 'offerlift'
import { startFakeEdge } from 'offerlift/fake-edge'

const upsell = loadOfferlift({ edge: 'https://offers.example', key: 'pk_test', consent: 'required' })
upsell('page', { cart: { currency: 'EUR', total_minor: 6670, items: [{ sku: '1', quantity: 2 }] } })
upsell('accept', async (acceptance, decision) => {
  const total: number = acceptance.total_minor + acceptance.lines[0]!.price_minor
  return { total_text: `${decision.moment} ${total}` }
})
upsell('convert', { id: '5501', currency: 'EUR', total_minor: 990 })
startFakeEdge({ variant: 'control', content: { headline: 'Balm' } }).then((edge) => edge.refuse('/v1/accept', 409, 'x'))
// @ts-expect-error there is no such command
upsell('pages')
// @ts-expect-error a cart has a currency
upsell('page', { cart: { total_minor: 1 } })
// @ts-expect-error the key is needed
loadOfferlift({ edge: 'https://offers.example' })
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the package installed."""
    folder = tmp_path_factory.mktemp("project") / "node_modules" / "offerlift"
    subprocess.run(["tools/snippet.sh", "package"], cwd=ROOT, check=True, capture_output=True)
    shutil.copytree(ROOT / "var" / "snippet-package", folder)
    return folder


@pytest.mark.slow
def test_package_has_the_snippets_files_and_a_version(package):
    scripts = {file.name for file in (package / "scripts").iterdir()}
    assert scripts == {file.name for file in (ROOT / "static" / "dist").glob("*.js")}
    assert '"version": "0.0.0"' in (SOURCE / "package.json").read_text()
    assert '"version": "0.0.0"' not in (package / "package.json").read_text()
    assert (package / "LICENSE").is_file()
    assert [file.suffix for file in package.iterdir() if file.suffix == ".tgz"] == [".tgz"]


@pytest.mark.slow
def test_types_say_what_commands_take(package):
    project = package.parents[1]
    (project / "consumer.ts").write_text(CONSUMER)
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    flags = ["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--module", "nodenext", "--target", "es2022"]
    said = subprocess.run(
        [*NODE, str(compiler), *flags, "consumer.ts"], cwd=project, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout
