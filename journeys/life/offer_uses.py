"""In which journeys' messages offers stand."""

from collections import defaultdict

from experiments.models import Store
from journeys.checks.offered import offer_keys
from journeys.models import Journey, JourneyStatus, JourneyStep


def journeys_of_offers(store: Store) -> dict[str, list[Journey]]:
    """Return the store's journeys that haven't ended by the keys of the offers in their steps, in one query."""
    steps = JourneyStep.objects.filter(version__journey__store=store)
    steps = steps.exclude(version__journey__status=JourneyStatus.ENDED).select_related("version__journey", "experiment")
    found: dict[str, list[Journey]] = defaultdict(list)
    for step in steps.order_by("version__journey__name", "position"):
        for key in offer_keys(step):
            if step.version.journey not in found[key]:
                found[key].append(step.version.journey)
    return found
