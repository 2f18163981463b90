"""Composes a report from reading, analysis, and verdict, and stores it."""

from experiments.snapshots.composition import analyse
from experiments.snapshots.late import report_to_show
from experiments.snapshots.metric_views import metric_view
from experiments.snapshots.storage import take_snapshot

__all__ = ["analyse", "metric_view", "report_to_show", "take_snapshot"]
