"""How long a test may run: what it would find in two, four and eight weeks, by the visitors that it would get."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.reach.estimate import Reach
from experiments import formatting
from experiments.models import Experiment, Metric
from experiments.programme.planning import Baseline, Design, detectable_lift

OWN = "own"
WEEKS = (2, 4, 8)  # the shortest test, a usual one, and the longest before cookies are deleted
ANY_LIFT = 0.05  # what a design is said to look for plays no part in what it can find
FEWEST_VISITORS = 100  # per variant: below, no test can tell anything from chance
LARGEST_LIFT = 1.0  # nobody plans for more than twice the value
CLOSE = 0.2  # figures of another day differ by as much


@dataclass(frozen=True, slots=True)
class LengthChoice:
    """Some weeks, with the visitors per variant and the lift that they find; ``None`` where nobody knows."""

    weeks: int
    per_variant: int | None
    lift: float | None

    @property
    def text(self) -> str:
        """The choice in words: ``2 weeks, finds +18%``."""
        text = ngettext("%(weeks)s week", "%(weeks)s weeks", self.weeks) % {"weeks": self.weeks}
        if self.lift is None:
            return text
        if self.lift > LARGEST_LIFT:
            return _("%(weeks)s, detects only effects above +100%%") % {"weeks": text}
        return _("%(weeks)s, detects %(lift)s") % {"weeks": text, "lift": formatting.lift_whole(self.lift)}


def length_choices(candidate: LaunchCandidate) -> list[LengthChoice]:
    """Return the choices for a draft as it is now."""
    known = candidate.lately
    treatments = len(candidate.treatments)
    choices = []
    for weeks in WEEKS:
        per_variant = visitors_per_variant(candidate, known, weeks)
        choices.append(LengthChoice(weeks, per_variant, lift_found(known, per_variant, treatments, weeks)))
    return choices


def visitors_per_variant(candidate: LaunchCandidate, known: Baseline, weeks: int) -> int | None:
    """Return how many visitors each variant would get in so many weeks; ``None`` where nobody knows, or too few."""
    per_day = visitors_per_day(candidate.experiment, candidate.reach, known)
    if per_day is None or not candidate.variants:
        return None
    visitors = int(per_day * 7 * weeks / len(candidate.variants))
    if visitors < FEWEST_VISITORS:
        return None
    return visitors


def visitors_per_day(experiment: Experiment, reach: Reach | None, known: Baseline) -> float | None:
    """Return the visitors that the test would get a day: by its reach, else as many as tests had there lately."""
    if reach is not None and reach.is_whole_week and reach.visitors_per_decision is not None:
        return reach.visitors_per_day.middle
    if known.visitors_per_day is None:
        return None
    return known.visitors_per_day * experiment.traffic_share


def lift_found(known: Baseline, per_variant: int | None, treatments: int, weeks: int) -> float | None:
    """Return the smallest lift that so many visitors find with 80% power; ``None`` where too little is known."""
    is_spread_known = known.sd is not None or known.metric == Metric.CONVERSION
    if known.is_thin or not known.mean or not is_spread_known or treatments < 1:
        return None
    if per_variant is None:
        return None
    design = Design(
        mean=known.mean,
        sd=known.sd,
        relative_mde=ANY_LIFT,
        treatments=treatments,
        looks=weeks * 7,
        variance_reduction=known.variance_reduction or 0.0,
    )
    lift = detectable_lift(design, per_variant)
    if math.isinf(lift):
        return LARGEST_LIFT + 1
    return lift


def suits(planned: int | None, per_variant: int | None) -> bool:
    """Return whether the planned visitors are about those that come by then."""
    if not planned or not per_variant:
        return True
    return abs(planned - per_variant) <= CLOSE * per_variant
