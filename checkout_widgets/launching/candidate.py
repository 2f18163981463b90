"""A point of the checklist, and the test that it is about."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from checkout_widgets.models import NextWidget, Widget
from checkout_widgets.reach.estimate import Reach, reach_of
from experiments.models import Experiment, Metric, Moment, Source, Variant
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from experiments.programme.baselines import Baseline, baseline

CheckState = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """A point of the list: ``text`` says how it stands, ``fix`` what to do where it doesn't pass.

    ``offer_key`` is the offer on whose page it is fixed, where it is one. ``section`` is that of the draft's page,
    where the code alone doesn't say which.
    """

    code: str
    state: CheckState
    text: str
    fix: str = ""
    offer_key: str = ""
    section: str = ""


@dataclass(frozen=True)
class LaunchCandidate:
    """The test that is to start, with what the points look at, each read once."""

    experiment: Experiment
    now: datetime

    @cached_property
    def variants(self) -> list[Variant]:
        return list(self.experiment.variants.all())

    @cached_property
    def widgets(self) -> dict[int, Widget]:
        """What the variants show, by variant; not of those that the page shows itself."""
        shown = Widget.objects.filter(variant__experiment=self.experiment, variant__is_page_own=False)
        found = shown.select_related("offer__store", "variant")
        return {widget.variant_id: widget for widget in found.prefetch_related("offer__tiers")}

    @cached_property
    def next_widgets(self) -> list[NextWidget]:
        """The second offers that are switched on, of treatments with a first, wherever the test runs."""
        switched_on = NextWidget.objects.filter(variant__in=list(self.widgets), is_shown=True)
        found = switched_on.select_related("offer__store", "variant").prefetch_related("offer__tiers")
        return list(found.order_by("variant", "after"))

    @cached_property
    def shown(self) -> list[Widget | NextWidget]:
        """All that shoppers can see, first or second."""
        if self.experiment.moment not in MOMENTS_OF_SEQUENCES:
            return list(self.widgets.values())
        return [*self.widgets.values(), *self.next_widgets]

    @property
    def is_undelivered(self) -> bool:
        """Whether nothing delivers what is offered at the test's moment."""
        return self.experiment.is_undelivered

    @property
    def treatments(self) -> list[Variant]:
        return [variant for variant in self.variants if not variant.is_control]

    @cached_property
    def reach(self) -> Reach | None:
        """What it would get of last week's requests; None where there is nothing to go by."""
        # Decisions of last week say nothing of customers, whom no page asks about.
        if self.is_undelivered or self.experiment.is_of_customers or self.experiment.source != Source.LIVE:
            return None
        return reach_of(self.experiment, self.now)

    @cached_property
    def lately(self) -> Baseline:
        """What the goal was like at the test's moment lately."""
        experiment = self.experiment
        metric, moment = Metric(experiment.goal_metric), Moment(experiment.moment)
        return baseline(experiment.store, moment, metric, now=self.now)


def section_of(widget: Widget | NextWidget) -> str:
    """Return the section of the draft's page that has a treatment's widget, or its second offer."""
    if isinstance(widget, NextWidget):
        return f"{widget.after}-{widget.variant.key}"
    return f"treatment-{widget.variant.key}"
