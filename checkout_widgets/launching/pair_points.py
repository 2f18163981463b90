"""Points of the checklist on offers of pairs: that there are pairs, and that second offers sell none."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.launching.candidate import Check, LaunchCandidate
from checkout_widgets.models import NextWidget
from checkout_widgets.pair_offers import RANKS
from experiments.models import Experiment, PairExposure


def pairs(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that every offer of pairs has something to show with some product of the store."""
    shown = [widget for widget in candidate.shown if widget.offer.pairing]
    if not shown:
        return
    known = pairs_of(candidate.experiment.store)
    is_right = True
    for widget in shown:
        offer = widget.offer
        if isinstance(widget, NextWidget):
            is_right = False
            text = _("“%(offer)s” sells product pairs, which a second offer can't sell") % {"offer": offer}
            yield Check("pairs", "fail", text, _("Choose an offer of fixed products."))
        elif not known.has_any(RANKS[offer.pairing], offer.pair_source):
            is_right = False
            text = _("“%(offer)s” has no pair to show with any product") % {"offer": offer}
            fix = _("Pin pairs or count them under Offers, Bought together.")
            yield Check("pairs", "fail", text, fix)
    if is_right:
        yield Check("pairs", "pass", who_takes_part(candidate.experiment))


def who_takes_part(experiment: Experiment) -> str:
    """Say whose carts a test of pairs is for."""
    if experiment.pair_exposure == PairExposure.ANY:
        return _(
            "Shoppers whose cart has a pair in any variant take part, control included. A variant without one shows "
            "nothing"
        )
    return _("Only shoppers whose cart has a pair in every variant take part, control included")
