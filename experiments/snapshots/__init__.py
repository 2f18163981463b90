"""Composes a report from reading, analysis, and verdict, and stores it."""

from experiments.snapshots.composition import analyse
from experiments.snapshots.late import report_to_show
from experiments.snapshots.storage import take_snapshot

__all__ = ["analyse", "report_to_show", "take_snapshot"]
