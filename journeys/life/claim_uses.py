"""What the steps of journeys claim of offers, for the watch over what is claimed."""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from checkout_widgets.claim_uses import ClaimUse
from checkout_widgets.claims import CLAIMING
from checkout_widgets.models import Offer
from journeys.checks.offered import documents_of
from journeys.models import JourneyStatus, JourneyStep
from journeys.writing.claims import claims_in_any_language
from journeys.writing.document import UnsendableDocument, read


def step_uses() -> Iterator[ClaimUse]:
    """Yield what the steps of journeys claim that haven't ended, in all versions: runs stay on theirs."""
    claiming = []
    steps = JourneyStep.objects.exclude(version__journey__status=JourneyStatus.ENDED)
    for step in steps.select_related("version__journey", "experiment"):
        for document in documents_of(step):
            if CLAIMING.search(str(document)):
                claiming.append((step, document))
    offers = offer_ids(map(itemgetter(1), claiming))
    for step, document in claiming:
        use = use_of(step, document, offers)
        if use is not None:
            yield use


def offer_ids(documents: Iterable[dict[str, Any]]) -> dict[tuple[int, str], int]:
    """Return the row IDs of the documents' offers by store and key."""
    keys, found = set(), {}
    for document in documents:
        keys.add(document.get("offer", ""))
    for pk, store_id, key in Offer.objects.filter(key__in=keys).values_list("pk", "store_id", "key"):
        found[store_id, key] = pk
    return found


def use_of(step: JourneyStep, document: dict[str, Any], offers: dict[tuple[int, str], int]) -> ClaimUse | None:
    """Return what a document claims; None of an offer that isn't there, and of what can't be sent anyway."""
    journey = step.version.journey
    offer_id = offers.get((journey.store_id, document.get("offer", "")))
    if offer_id is None:
        return None
    try:
        claims = claims_in_any_language(read(document))
    except UnsendableDocument:
        return None
    is_live = journey.status == JourneyStatus.RUNNING and step.version.launched_at is not None
    return ClaimUse(offer_id, claims, journey.name, is_live)
