"""What steps offer, and whether it can be had now: read for all steps of a batch at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Prefetch, Sum

from checkout_widgets import availability
from checkout_widgets.claims import CLAIMING
from checkout_widgets.edge.honest_copy import true_of
from checkout_widgets.edge.offers import offer_configuration
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import Acceptance, Offer, OfferItem
from checkout_widgets.pair_offers import RANKS
from journeys.models import JourneyStep
from journeys.writing.claims import ClaimUntrue, without_untrue
from journeys.writing.document import UnsendableDocument, read


class PairedOffer(NamedTuple):
    """An offer of pairs: which ranks of what goes best it sells, from which source."""

    key: str
    ranks: tuple[int, ...]
    source: str


class ChosenPairs(NamedTuple):
    """What offers of pairs sell to a contact, as a send point keeps it: SKUs by the offer's key, and the version of the
    pairs that they were chosen from."""

    version: int
    offers: Mapping[str, Sequence[str]]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"version": self.version, "offers": dict(self.offers)}


def chosen_pairs(stored: Mapping[str, Any] | None) -> ChosenPairs:
    """Return what a send point keeps; nothing where its step had no offer of pairs."""
    if stored is None:
        return ChosenPairs(0, {})
    return ChosenPairs(stored["version"], stored["offers"])


@dataclass(frozen=True, slots=True)
class StepOffer:
    """What a step's messages offer: whether all of it is open and in stock, whether every message has something to say
    that is true, and its products.

    ``paired`` are its offers of pairs. What these sell depends on the contact, and is added for each
    (``pairs.py``): ``chosen`` is what is sold by which of them, ``has_pairs`` whether each has something.
    """

    is_open: bool = True
    is_in_stock: bool = True
    is_claim_true: bool = True
    skus: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()
    paired: tuple[PairedOffer, ...] = ()
    chosen: ChosenPairs | None = None
    has_pairs: bool = True


NOTHING_OFFERED = StepOffer()


def offer_keys(step: JourneyStep) -> set[str]:
    """Name the offers of the step's message, in any of its variants: no arm is held back for what another offers."""
    keys = set()
    for document in documents_of(step):
        key = document.get("offer")
        if isinstance(key, str) and key:
            keys.add(key)
    return keys


def documents_of(step: JourneyStep) -> list[dict[str, Any]]:
    """List the documents of a step: its own, and those of its test's other treatments."""
    return [step.own_document, *step.other_documents.values()]


def step_offers(store_id: int, steps: Collection[JourneyStep], now: datetime) -> dict[int, StepOffer]:
    """Return what each step offers by its row ID: three statements at most, however many steps."""
    keys_by_step: dict[int, set[str]] = {}
    wanted: set[str] = set()
    for step in steps:
        keys_by_step[step.pk] = offer_keys(step)
        wanted |= keys_by_step[step.pk]
    if not wanted:
        return dict.fromkeys(keys_by_step, NOTHING_OFFERED)
    items = Prefetch("items", OfferItem.objects.select_related("product"))
    stored = Offer.objects.filter(store=store_id, key__in=wanted).select_related("replaces")
    offers = by_key(stored.prefetch_related(items))
    taken = acceptances_of(offers.values())
    found = {}
    for step in steps:
        offered = combined(map(offers.get, sorted(keys_by_step[step.pk])), taken, now)
        is_true = all(says_something_true(document, offers) for document in documents_of(step))
        found[step.pk] = replace(offered, is_claim_true=is_true)
    return found


def says_something_true(document: Mapping[str, Any], offers: Mapping[str, Offer]) -> bool:
    """Whether anything is left of a message without claims that aren't true of its offer (any more)."""
    offer = offers.get(document.get("offer", ""))
    # Nothing is read where nothing is claimed: of most messages.
    if offer is None or not CLAIMING.search(str(document)):
        return True
    try:
        without_untrue(read(dict(document)), true_of(as_widgets_have_it(offer, list(offer.items.all()))))
    except ClaimUntrue:
        return False
    except UnsendableDocument:
        return True  # nothing is sent of it, for another reason, which the launch and the message's row say
    return True


def as_widgets_have_it(offer: Offer, items: list[OfferItem]) -> OfferConfiguration:
    """Return an offer as the edge holds it, for what widgets say of it."""
    return offer_configuration(offer, 0, items, {})


def by_key(offers: Iterable[Offer]) -> dict[str, Offer]:
    """Return offers by their key."""
    found = {}
    for offer in offers:
        found[offer.key] = offer
    return found


def acceptances_of(offers: Iterable[Offer]) -> dict[int, int]:
    """Count how many of each limited offer were accepted."""
    limited = []
    for offer in offers:
        if offer.stock_limit is not None:
            limited.append(offer.pk)
    if not limited:
        return {}
    sums = Acceptance.objects.filter(offer__in=limited).values("offer").annotate(sum=Sum("quantity"))
    return dict(sums.values_list("offer", "sum"))


def combined(offers: Iterable[Offer | None], taken: dict[int, int], now: datetime) -> StepOffer:
    """Return what these offers are together; one that was deleted isn't open."""
    is_open, is_in_stock = True, True
    skus: set[str] = set()
    categories: set[str] = set()
    paired = []
    for offer in offers:
        if offer is None:
            is_open = False
            continue
        is_open = is_open and offer.is_open(now)
        is_in_stock = is_in_stock and availability.are_left(left_of(offer, taken))
        if offer.pairing:
            paired.append(PairedOffer(offer.key, RANKS[offer.pairing], offer.pair_source))
        for item in offer.items.all():
            skus.add(item.product.sku)
            categories.add(item.product.category)
    return StepOffer(
        is_open=is_open,
        is_in_stock=is_in_stock,
        skus=tuple(sorted(skus)),
        categories=frozenset(categories - {""}),
        paired=tuple(paired),
    )


def left_of(offer: Offer, taken: dict[int, int]) -> int | None:
    """Return how often the offer can still be had; None where nothing is counted."""
    limit_left = None
    if offer.stock_limit is not None:
        limit_left = offer.stock_limit - taken.get(offer.pk, 0)
    stocks = []
    for item in offer.items.all():
        stocks.append((item.stock(), item.quantity))
    if offer.pairing:  # of the products, only those in stock are ever chosen
        return availability.limit_of_pairs(limit_left)
    return availability.times_left(stocks, limit_left)
