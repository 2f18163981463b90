"""The discount Function, with the settings that its set-up writes, as Node runs it."""

import json
import subprocess
from typing import Any

from tests.integrations.shopify.carts import KEY, PREVIOUS_KEY, STORE
from tests.integrations.shopify.node import NODE, ROOT, install


def settings() -> dict[str, Any]:
    """What the set-up script writes for these keys."""
    script = (
        "import { settingsOf } from './integrations/shopify/scripts/set-up.mjs';"
        "process.stdout.write(JSON.stringify(settingsOf(process.env)))"
    )
    keys = {"OFFERLIFT_STORE": STORE, "OFFERLIFT_SECRET_KEY": KEY, "OFFERLIFT_PREVIOUS_SECRET_KEY": PREVIOUS_KEY}
    command = [*NODE, "--input-type=module", "-e", script]
    ran = subprocess.run(command, env=keys, cwd=ROOT, capture_output=True, text=True, check=True)
    written: dict[str, Any] = json.loads(ran.stdout)
    return written


def run_function(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    install()
    command = [*NODE, "tests/integrations/shopify/carts.mjs"]
    ran = subprocess.run(command, input=json.dumps(shown), cwd=ROOT, capture_output=True, text=True, check=True)
    results: list[dict[str, Any]] = json.loads(ran.stdout)
    return results
