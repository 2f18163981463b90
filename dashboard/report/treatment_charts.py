"""What the report's page draws of one treatment, and the days beside the drawings."""

from dataclasses import dataclass
from functools import cached_property

from dashboard.drawings.belief import belief_chart
from dashboard.drawings.daily_values import values_chart
from dashboard.drawings.figure import Figure
from dashboard.drawings.series import series_chart
from dashboard.drawings.waterfall import Waterfall, waterfall
from dashboard.report.days import DaySection, day_section
from dashboard.report.metric_days import DayTexts, day_texts, metric_day_rows
from experiments.report import Decomposition, MetricView, Report
from experiments.report.selection import first_of_variant


@dataclass(frozen=True)
class TreatmentCharts:
    """The drawings of the treatment with the key ``treatment``; ``looked_at`` is the metric of those by day.

    Each is worked out once: a template asks whether there is a drawing, and then for it. None where data are missing.
    """

    report: Report
    treatment: str
    looked_at: MetricView

    @cached_property
    def split(self) -> Decomposition | None:
        """The treatment's lift in its parts."""
        return first_of_variant(self.report.decompositions, self.treatment)

    @cached_property
    def waterfall(self) -> Waterfall | None:
        """The parts, one after the other."""
        return waterfall(self.split)

    @cached_property
    def belief(self) -> Figure | None:
        """How likely which effect on the goal is."""
        return belief_chart(self.report, self.treatment)

    @cached_property
    def series(self) -> Figure | None:
        """The lift of the metric that is looked at, day by day."""
        return series_chart(self.report, self.looked_at, self.treatment)

    @cached_property
    def values(self) -> Figure | None:
        """The values of the metric that is looked at, of the visitors of each day."""
        return values_chart(self.looked_at, self.treatment, self.report)

    @property
    def days(self) -> list[DayTexts]:
        """The treatment's days, for the table beside the charts."""
        rows = metric_day_rows(self.looked_at, self.treatment)
        return [day_texts(row, self.looked_at.unit, self.report.currency) for row in rows]

    @cached_property
    def by_days(self) -> DaySection | None:
        """The treatment's effect by day of exposure; None in reports of before it was looked at."""
        return day_section(self.report, self.treatment)
