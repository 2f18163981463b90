"""What other tests' newest stored reports say that their visitors gain."""

from collections.abc import Sequence

from msgspec import ValidationError

from experiments.analysis.displacement import GainThere
from experiments.models import Experiment, Snapshot
from experiments.report import Report
from experiments.report.selection import is_decided


def gains_there(experiments: Sequence[Experiment]) -> dict[str, GainThere]:
    """Return by test key what a visitor gains there, in revenue; tests that can't tell are left out. One query."""
    newest = Snapshot.objects.filter(experiment__in=list(experiments)).order_by("experiment_id", "-taken_at")
    found = {}
    for snapshot in newest.distinct("experiment_id"):
        try:
            report = Report.from_json(snapshot.report)
        except ValidationError:  # stored by an older release, in a shape that can't be read any more
            continue
        gain = gain_of(report)
        if gain is not None:
            found[report.experiment] = gain
    return found


def gain_of(report: Report) -> GainThere | None:
    """Return what a test's visitors gain: by the treatment that the verdict names, or the only one."""
    results, named = [], []
    for result in report.metrics:
        if result.metric == "rpv":
            results.append(result)
            if result.variant == report.verdict.variant:
                named.append(result)
    # Of several treatments without a verdict, the best one looks better than it is.
    chosen = named or results
    if len(chosen) != 1 or chosen[0].shown.difference is None:
        return None
    return GainThere(chosen[0].shown.difference, is_decided=is_decided(report, chosen[0].variant))
