"""The edge's settings hold together without what the console alone needs."""

import os
import subprocess
import sys


def test_edge_passes_every_check_without_a_warning():
    command = [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_edge"}
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (checked.returncode, checked.stderr) == (0, "")
