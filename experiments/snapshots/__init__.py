"""A report is put together from what reading, analysis and verdict say, and stored."""

from experiments.snapshots.composition import analyse
from experiments.snapshots.storage import take_snapshot

__all__ = ["analyse", "take_snapshot"]
