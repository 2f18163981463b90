"""Plays the steps of the Dockerfile's first stage in an empty folder: there is no container engine in the tests."""

import os
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKDIR = "/srv/offerlift"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in their order, each with its arguments."""
    lines = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions by stage."""
    found: list[list[tuple[str, str]]] = []
    for name, arguments in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, arguments))
    return found


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps a file out; a pattern that begins with ``!`` takes it back."""
    ignored = False
    parts = path.split("/")
    begins = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        anywhere = wanted.removeprefix("**/")
        names = parts if wanted != anywhere else begins
        if any(fnmatch(name, anywhere) for name in names):
            ignored = not pattern.startswith("!")
    return ignored


def context() -> list[str]:
    """The files that a build is given: those of the repository that .dockerignore leaves."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file() and not is_ignored(name, patterns)]


# To pack files small takes most of the build's time, and says nothing of its steps.
PACKS_QUICKLY = """import brotli
from functools import partial
brotli.compress = partial(brotli.compress, quality=0)
"""


def play(folder: Path, *, installed: Path | None, environment: dict[str, str] | None = None) -> None:
    """Build the image's folder here; ``installed`` is an environment to use instead of installing a new one."""
    for name, arguments in stages()[0]:
        if name == "COPY":
            copy(arguments.split()[0], folder)
        elif name == "RUN" and "pip install" in arguments and installed is not None:
            (folder / ".venv").symlink_to(installed)
        elif name == "RUN":
            subprocess.run(["bash", "-ec", arguments], cwd=folder, env=os.environ | (environment or {}), check=True)
        else:
            assert name in {"FROM", "WORKDIR", "ENV"}, name


def copy(source: str, folder: Path) -> None:
    """Copy a file of the context, or all of it."""
    for name in context():
        if source in {".", name}:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
