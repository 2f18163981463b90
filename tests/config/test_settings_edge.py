"""The edge's settings hold together without what the console alone needs."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_edge_passes_every_check_without_a_warning():
    command = [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_edge"}
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CONFIGURATION_URL": "https://offers.example/edge-configuration"}, "DATABASE_URL must be set where"),
        ({"EDGE_CALLS_PER_MINUTE": "3", "EDGE_PROCESSES": "4"}, "EDGE_CALLS_PER_MINUTE must be 0 or at least"),
    ],
)
def test_settings_that_dont_go_together_are_refused(changed, words):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_edge", "DATABASE_URL": ""} | changed
    read = [sys.executable, "-c", "import config.settings_edge"]
    refused = subprocess.run(read, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode != 0
    assert words in refused.stderr
