"""List all that Offerlift ships of others as CycloneDX, a format that scanners of known faults read: ``make sbom``.

The Python packages are those that requirements.lock pins, with their hashes; the front-end files those that
static/vendor/README.md lists. The WooCommerce plugin and the snippet contain nothing of others.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "var" / "sbom.json"
VENDORED = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<version>\S+) \| (?P<license>\S+) \| `\S+` \| `(?P<sha256>\w+)` \|$"
)
SCHEMA = SchemaVersion.V1_6


def main() -> None:
    """Write the list to var/sbom.json."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(bill_of_materials(), indent=1) + "\n")
    print(f"{TARGET.relative_to(ROOT)} has all that is shipped, as CycloneDX.")


def bill_of_materials() -> dict[str, Any]:
    """Return the whole list. Raises ``ValueError`` where it isn't valid."""
    bill = python_packages()
    bill["components"] += front_end_files()
    error = make_schemabased_validator(OutputFormat.JSON, SCHEMA).validate_str(json.dumps(bill))
    if error is not None:
        raise ValueError(f"The list isn't valid as CycloneDX {SCHEMA.to_version()}: {error}")
    return bill


def python_packages() -> dict[str, Any]:
    """Return what requirements.lock pins, as a list of its own with Offerlift as what it describes."""
    command: list[str | Path] = [
        Path(sys.executable).parent / "cyclonedx-py",
        "requirements",
        "--pyproject",
        "pyproject.toml",
    ]
    options = ["--spec-version", SCHEMA.to_version(), "--output-format", "JSON", "requirements.lock"]
    made = subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True)
    bill: dict[str, Any] = json.loads(made.stdout)
    return bill


def front_end_files() -> list[dict[str, Any]]:
    """Return the libraries in static/vendor, as components."""
    components = []
    for line in (ROOT / "static" / "vendor" / "README.md").read_text().splitlines():
        row = VENDORED.match(line)
        if row is None:
            continue
        purl = f"pkg:npm/{row['name'].replace('@', '%40')}@{row['version']}"
        component = {
            "type": "library",
            "bom-ref": purl,
            "name": row["name"],
            "version": row["version"],
            "purl": purl,
            "licenses": [{"license": {"id": row["license"]}}],
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
        }
        components.append(component)
    return components


if __name__ == "__main__":
    main()
