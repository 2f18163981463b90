"""Checks that a test would get the visitors that its plan needs, and what it takes from others."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, CheckState, LaunchCandidate
from checkout_widgets.reach.estimate import Reach
from checkout_widgets.reach.words import how_to_get_more, summary
from experiments.formatting import count

LEAST_SHARE = 0.05  # of the visitors that the plan needs: below, the test would run for years
ENOUGH_SHARE = 0.9  # the estimate is no more exact than that


def reach(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that enough visitors would get it, by last week's requests."""
    known = candidate.reach
    if known is None:
        return
    needed = (candidate.experiment.planned_sample or 0) * len(candidate.variants)
    if not known.is_whole_week:  # how many visitors a shop has isn't known in its first days
        needed = 0
    days = candidate.experiment.planned_days
    at_most = known.visitors_per_day.high * days
    likely = known.visitors_per_day.middle * days
    text, state = summary(known), state_of(at_most, likely, needed, gets_any=known.got.middle > 0)
    if state != "pass" and needed:
        words = {"text": text, "visitors": count(likely), "days": days, "needed": count(needed)}
        text = _("%(text)s. In the planned %(days)s days that is %(visitors)s of %(needed)s visitors") % words
    fix = ""
    if state != "pass":
        fix = how_to_get_more(known)
    yield Check("reach", state, text, fix)


def state_of(at_most: float, likely: float, needed: int, *, gets_any: bool) -> CheckState:
    """Return how the visitors that a test would get compare with those that it needs; 0 where nothing is planned."""
    if not gets_any or at_most < LEAST_SHARE * needed:
        return "fail"
    if likely < ENOUGH_SHARE * needed:
        return "warn"
    return "pass"


def displaced(known: Reach) -> Iterator[Check]:
    """Say what the test takes from those that run at the moment."""
    fix = _("Wait until it ends, give each test a share of the traffic, or lower this test's priority.")
    for other in known.displacements:
        words = {"test": known.names[other.test_id], "after": count(other.after), "before": count(other.before)}
        text = _("“%(test)s” would get %(after)s of last week's requests instead of %(before)s")
        yield Check("clash", "warn", text % words, fix)
    if not known.displacements:
        yield Check("clash", "pass", _("No other test at this moment loses visitors to this one"))
