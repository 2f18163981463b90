"""Where the browser tests find Chromium."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str:
    """The path of an installed Chromium (``$CHROMIUM`` first), else of Playwright's; raises ``FileNotFoundError``."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    if not candidates:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            candidates = [playwright.chromium.executable_path]
    for path in candidates:
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError("No Chromium found: install it, or set CHROMIUM to its path.")


if __name__ == "__main__":
    try:
        sys.stdout.write(find() + "\n")
    except FileNotFoundError as error:
        sys.exit(str(error))
