"""Where the browser tests find Chromium."""

import os
import shutil
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The same engine without the program around it: a page in a new window takes a third of the processor time.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
# What the browser would draw around each page. The address bar's list of suggestions is a page of its own, which every
# new window renders at once: it takes four times the processor time of the shop's page, and nobody sees it.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Chromium knows only the last list of features that it is given, so those that Playwright switches off are named again.
SWITCHED_OFF_BY_PLAYWRIGHT = (
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    f"--disable-features={','.join(SWITCHED_OFF_BY_PLAYWRIGHT + UNSEEN)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@cache
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


@cache
def find_quickest() -> str:
    """The path of what takes the least time: ``$CHROMIUM``, else an installed headless shell, else as ``find`` says."""
    if not os.environ.get("CHROMIUM"):
        for name in SHELLS:
            if path := shutil.which(name):
                return path
    return find()


if __name__ == "__main__":
    try:
        sys.stdout.write(find() + "\n")
    except FileNotFoundError as error:
        sys.exit(str(error))
