"""Checks that a test's custom metrics can count something."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.launching.candidate import Check, LaunchCandidate
from experiments import custom_metrics


def metrics(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that each custom metric has products, and not too many; a test without any has nothing to check."""
    chosen = list(candidate.experiment.chosen_metrics.select_related("metric"))
    faults = 0
    for one in chosen:
        try:
            custom_metrics.check_products(one.metric.name, custom_metrics.skus_of(one.metric))
        except ValidationError as error:
            faults += 1
            fix = _("Change the metric, or don't choose it for this test.")
            yield Check("metrics", "fail", " ".join(error.messages), fix)
    if chosen and not faults:
        text = ngettext("%(count)s custom metric", "%(count)s custom metrics", len(chosen))
        yield Check("metrics", "pass", text % {"count": len(chosen)})
