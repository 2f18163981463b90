"""What was reported of a test when it ended, by the methods of that time."""

from typing import Any

from experiments.models import Experiment, Metric
from experiments.report import METHOD_VERSION, FirstReport


def reported_before(experiment: Experiment) -> list[FirstReport]:
    """Return the lifts of goal and RPV that the newest report by an older method gave; none of a test that goes on."""
    if not experiment.is_over:
        return []
    older = experiment.snapshots.filter(method_version__lt=METHOD_VERSION)
    # A look of before the end told of less than the test found in the end.
    if experiment.ended_at is not None:
        older = older.filter(taken_at__gte=experiment.ended_at)
    row = older.values("taken_at", "method_version", "report__metrics").first()
    if row is None:
        return []
    found = []
    for result in row["report__metrics"] or []:
        lift = lift_in(result)
        if lift is not None and result["metric"] in {Metric.RPV, experiment.goal_metric}:
            first = FirstReport(
                variant=result["variant"],
                metric=result["metric"],
                lift=lift,
                method_version=row["method_version"],
                taken_at=row["taken_at"],
            )
            found.append(first)
    return found


def lift_in(result: dict[str, Any]) -> float | None:
    """Return the lift that a stored result showed; ``None`` where it had none."""
    lift = (result.get("main") or {}).get("lift")
    if lift is None:
        return None
    estimate: float = lift["estimate"]
    return estimate
