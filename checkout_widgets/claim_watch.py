"""Tells a store's team when what its copy claims of an offer isn't true any more: widgets and messages leave it out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from checkout_widgets.claim_uses import ClaimUse, all_uses
from checkout_widgets.edge.honest_copy import true_of
from checkout_widgets.edge.offers import load_offers
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import Offer
from experiments import audit
from experiments.models import AuditAction

ACTOR = "claims"


def look(now: datetime) -> int:
    """Look at what is claimed now, and return how many offers the teams were told of."""
    uses: dict[int, list[ClaimUse]] = defaultdict(list)
    for use in all_uses():
        if use.is_live:
            uses[use.offer_id].append(use)
    notified = 0
    # With those that somebody was told of: what is claimed no longer is forgotten, so that it can be told again.
    watched = Offer.objects.filter(pk__in=uses) | Offer.objects.exclude(untrue_claims=[])
    for offer_id, configuration in load_offers(watched).items():
        notified += note_offer(offer_id, uses[offer_id], configuration)
    return notified


def note_offer(offer_id: int, uses: Iterable[ClaimUse], configuration: OfferConfiguration) -> bool:
    """Keep which claims of an offer aren't true, and tell of those that weren't known; return whether any was told."""
    true, where = true_of(configuration), set()
    untrue: set[str] = set()
    for use in uses:
        if not use.claims <= true:
            untrue.update(use.claims - true)
            where.add(use.where)
    with transaction.atomic():
        # Locked, so that two workers don't tell the same.
        offer = Offer.objects.select_for_update(of=("self",)).select_related("store").get(pk=offer_id)
        known = set(offer.untrue_claims)
        if untrue == known:
            return False
        Offer.objects.filter(pk=offer_id).update(untrue_claims=sorted(untrue))
        if untrue <= known:
            return False
        detail = {"offer": offer.key, "claims": ", ".join(sorted(untrue - known)), "where": ", ".join(sorted(where))}
        audit.record(store=offer.store, action=AuditAction.CLAIM_UNTRUE, actor=ACTOR, detail=detail)
    return True
