"""What a test's variants show, as JSON: read by the app above, which says at the start where its reader is."""

from collections.abc import Callable
from typing import Any, cast

from django.utils.module_loading import import_string

from experiments.models import Experiment

readers: list[str] = []


def register(reader: str) -> None:
    """Name the function that reads it: for the app's ``ready``.

    By its path, as processes that never ask for it, such as the edge's, needn't load it.
    """
    if reader not in readers:
        readers.append(reader)


def shown_by(experiment: Experiment) -> list[Any]:
    """Return what the experiment's variants show, as each reader has it."""
    shown = []
    for path in readers:
        read = cast("Callable[[Experiment], Any]", import_string(path))
        shown.append(read(experiment))
    return shown
