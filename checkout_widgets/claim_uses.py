"""Where offers are claimed something of: in widgets, and in messages, which ``journeys`` tells of.

That app imports this one and not the other way, so it registers at the start who lists its uses.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from checkout_widgets.claims import CLAIMED_BY, ClaimSet, OfferClaim, claims_in
from checkout_widgets.models import NextWidget, Widget
from checkout_widgets.models.widget import OfferDesign
from experiments.models import Status

TEXTS = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label")

own_texts = attrgetter(*TEXTS)


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """Something that claims: of which offer, what, where it is read, and whether customers read it now."""

    offer_id: int
    claims: ClaimSet
    where: str
    is_live: bool


listers: list[Callable[[], Iterable[ClaimUse]]] = []


def register(lister: Callable[[], Iterable[ClaimUse]]) -> None:
    """Have the uses of another app listed too: for the app's ``ready``."""
    listers.append(lister)


def all_uses() -> Iterator[ClaimUse]:
    """Yield all uses of claims."""
    yield from widget_uses()
    for lister in listers:
        yield from lister()


def offers_claiming(claim: OfferClaim) -> set[int]:
    """Return the row IDs of the offers of which this is claimed, in drafts too."""
    found = set()
    for use in all_uses():
        if claim in use.claims:
            found.add(use.offer_id)
    return found


def widget_uses() -> Iterator[ClaimUse]:
    """Yield what widgets claim."""
    widgets: Iterable[Widget | NextWidget] = chain(
        claiming(Widget.objects.all()), claiming(NextWidget.objects.filter(is_shown=True))
    )
    for widget in widgets:
        experiment = widget.variant.experiment
        is_live = experiment.status == Status.RUNNING or experiment.rolled_out_variant_id == widget.variant_id
        yield ClaimUse(widget.offer_id, claims_of(widget), experiment.name, is_live)


def claiming(widgets: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of the widgets with a claim in any of their texts, with their tests: few of many."""
    says = Q()
    for placeholder in CLAIMED_BY:
        for column in (*TEXTS, "in_languages", "on_phones"):
            says |= Q(**{f"{column}__contains": placeholder})
    # As text: a placeholder may stand in any language and any of its texts.
    texts = widgets.annotate(in_languages=Cast("translations", CharField()), on_phones=Cast("phone_copy", CharField()))
    found: QuerySet[Any] = texts.filter(says).select_related("variant__experiment")
    return found


def claims_of(widget: OfferDesign) -> ClaimSet:
    """Return what a widget claims, in any language and on any device."""
    return claims_in([*own_texts(widget), str(widget.translations), str(widget.phone_copy)])
