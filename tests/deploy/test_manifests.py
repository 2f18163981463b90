"""compose.yaml, the manifests of Kubernetes and the units of systemd: valid, and with commands that are ours."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, get_commands, load_command_class

from tests.deploy.image import ROOT, WORKDIR

MANIFESTS = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))


def tool(name: str) -> str:
    return str(Path(sys.prefix) / "bin" / name)


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


def commands() -> list[list[str]]:
    """Every command of ours that the files name, without the interpreter."""
    found = [service["command"] for service in compose()["services"].values() if "build" in service]
    for file in MANIFESTS:
        for manifest in yaml.safe_load_all(file.read_text()):
            if manifest["kind"] in {"Deployment", "Job"}:
                found.append(manifest["spec"]["template"]["spec"]["containers"][0]["args"])
    for unit in UNITS:
        (start,) = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
        found.append(start.removeprefix(f"ExecStart={WORKDIR}/.venv/bin/").split())
    return [[part for part in command if part != "python"] for command in found]


@pytest.mark.slow
def test_compose_is_valid_by_its_schema():
    checked = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml")]
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.name)
def test_manifest_is_valid_by_the_schemas_of_kubernetes(file):
    run = subprocess.run([tool("kubernetes-validate"), "--strict", str(file)], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd isn't installed here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_is_valid_and_starts_what_is_there(unit, tmp_path):
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace(WORKDIR, str(ROOT)))
    run = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_every_command_is_one_of_manage():
    named = commands()
    assert len(named) == 10
    assert {command[0] for command in named} == {"manage.py"}
    assert {command[1] for command in named} == {"serve", "migrate"}


@pytest.mark.slow
@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_options_of_a_command_are_known(command):
    program, name, *options = command
    parser = load_command_class(get_commands()[name], name).create_parser(program, name)
    assert parser.parse_args(options)


def test_option_that_a_command_does_not_know_is_refused():
    parser = load_command_class(get_commands()["serve"], "serve").create_parser("manage.py", "serve")
    with pytest.raises(CommandError, match="kitchen"):
        parser.parse_args(["--only", "kitchen"])


def test_compose_gives_nginx_the_configuration_that_ships(tmp_path):
    script = compose()["services"]["nginx"]["command"][-1].replace("$$", "$").split(" && ")[0]
    target = tmp_path / "default.conf"
    script = script.replace("/srv/offerlift.conf", str(ROOT / "docs/nginx/offerlift.conf"))
    script = script.replace("/etc/nginx/conf.d/default.conf", str(target))
    subprocess.run(["sh", "-ec", script], env={"HOST": "shop.example", "PATH": "/usr/bin:/bin"}, check=True)
    text = target.read_text()
    for wanted in ("server edge:8001 ", "server console:8000 ", "server_name shop.example;"):
        assert wanted in text
    assert "127.0.0.1" not in text
