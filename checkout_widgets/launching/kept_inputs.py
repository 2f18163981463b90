"""Checks that all that was typed on a draft's page could be saved."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, LaunchCandidate
from checkout_widgets.models import KeptInput

START = "start"  # when and how it starts is kept as typed until the launch
WHOLE = "version"  # what a section's form sends along with its fields


def kept_input(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that no section has a value that can't be read."""
    treatments = {}
    for variant in candidate.treatments:
        treatments[f"treatment-{variant.key}"] = variant
    kept = KeptInput.objects.filter(experiment_id=candidate.experiment.pk, typed__has_key=WHOLE).exclude(section=START)
    fix = _("Correct the value that is marked there.")
    for section in kept.order_by("pk").values_list("section", flat=True):
        treatment = treatments.get(section)
        if treatment is None:
            text = _("The draft's page has a value that couldn't be saved")
            yield Check(f"kept:{section}", "fail", text, fix)
        elif treatment.pk in candidate.widgets:  # without a widget it is told already that there is none
            text = _("The newest changes of “%(variant)s” couldn't be saved") % {"variant": treatment}
            yield Check(f"kept:{section}", "fail", text, fix)
