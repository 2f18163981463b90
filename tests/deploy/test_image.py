"""The container image: what is in it, and that its commands run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.image import PACKS_QUICKLY, ROOT, WORKDIR, context, play, stages


def environment(folder: Path) -> dict[str, str]:
    """What a container has of its environment, and nothing of ours."""
    return {"PATH": f"{folder}/.venv/bin:/usr/bin:/bin", "SECRET_KEY": "x" * 40, "HOME": str(folder)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, quick = tmp_path_factory.mktemp("image"), tmp_path_factory.mktemp("quick")
    (quick / "sitecustomize.py").write_text(PACKS_QUICKLY)
    play(folder, installed=Path(sys.prefix), environment={"PYTHONPATH": str(quick)})
    return folder


def test_image_holds_what_runs_and_nothing_else():
    names = context()
    assert {"manage.py", "CHANGELOG.md", "static/dist/upsell.js", "docs/any-other-shop.md"} <= set(names)
    assert [name for name in names if name.split("/")[0] in {"tests", "bench", ".git", "node_modules", "var"}] == []


@pytest.mark.slow
def test_image_has_its_static_files_and_no_key(built):
    assert any((built / "var/static").rglob("*.css*"))
    assert not (built / "var/secret_key").exists()


@pytest.mark.slow
def test_processes_of_the_image_can_be_loaded(built):
    code = "import config.wsgi_edge, config.probe; from django.core.management import call_command as c; c('check')"
    run = subprocess.run(
        [built / ".venv/bin/python", "-c", code],
        cwd=built,
        env=environment(built) | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_container_runs_as_the_user_and_listens_at_the_ports_that_manifests_name():
    last = dict(stages()[-1])
    assert last["WORKDIR"] == WORKDIR
    manifests = [
        manifest
        for file in (ROOT / "deploy/kubernetes").glob("*.yaml")
        for manifest in yaml.safe_load_all(file.read_text())
        if manifest["kind"] in {"Deployment", "Job"}
    ]
    assert len(manifests) == 4
    ports = set()
    for manifest in manifests:
        pod = manifest["spec"]["template"]["spec"]
        assert str(pod["securityContext"]["runAsUser"]) == last["USER"]
        ports |= {str(port["containerPort"]) for port in pod["containers"][0].get("ports", [])}
    assert ports == set(last["EXPOSE"].split())


@pytest.mark.long
def test_image_is_built_with_an_environment_of_its_own(tmp_path):
    play(tmp_path, installed=None)
    command = [tmp_path / ".venv/bin/python", "manage.py", "serve", "--help"]
    run = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert os.access(tmp_path / "var/static", os.R_OK)
