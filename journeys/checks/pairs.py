"""What offers of pairs sell to each contact: chosen before anybody knows the variant, kept with the send point, and
looked at once more before the message goes out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q

from checkout_widgets.edge.pairs import NOBODYS, StorePairs, of_ranks
from checkout_widgets.edge.rows import PairedProduct
from checkout_widgets.edge.running_order import pairs_of_store
from checkout_widgets.models import ChosenPair, Product, ProductKind
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql
from journeys.checks.offered import ChosenPairs, StepOffer, step_offers
from journeys.checks.points import CheckedPoint

WHAT_WAS_BOUGHT = read_sql(__file__, "what_was_bought")
COLUMNS = ("number", "contact_id", "order_id", "at")


class Bought(NamedTuple):
    """Lower-case SKUs: ``in_order`` of the order that began the run, or of the last one where none did; ``ever`` of
    all."""

    in_order: frozenset[str]
    ever: frozenset[str]


def point_offers(store_id: int, points: Sequence[CheckedPoint], now: datetime) -> dict[int, StepOffer]:
    """Return what the step of each point of a store offers to its contact, by the point's number.

    Three statements at most, and six more where any step has an offer of pairs. Ask before anybody is assigned: what
    is chosen is the same in all variants.
    """
    steps = {point.step_id: point.step for point in points}
    of_steps = step_offers(store_id, steps.values(), now)
    offers = {}
    planned, kept = [], []
    for point in points:
        offers[point.number] = of_steps[point.step_id]
        if not of_steps[point.step_id].paired:
            continue
        if point.send_point_id is None:
            planned.append(point)
        else:
            kept.append(point)
    if planned:
        offers |= with_chosen(store_id, planned, of_steps)
    if kept:
        offers |= with_kept(store_id, kept, of_steps)
    return offers


def with_chosen(
    store_id: int, points: Sequence[CheckedPoint], of_steps: Mapping[int, StepOffer]
) -> dict[int, StepOffer]:
    """Choose what each contact is offered, by what they bought."""
    pairs, bought = pairs_of_store(store_id), what_was_bought(points)
    offers = {}
    for point in points:
        if point.number in bought:  # else erased a moment ago
            offers[point.number] = chosen_for(point, bought[point.number], pairs, of_steps[point.step_id])
    return offers


def chosen_for(point: CheckedPoint, bought: Bought, pairs: StorePairs, offer: StepOffer) -> StepOffer:
    """Return a step's offer with the products that go with what the contact bought."""
    owned = bought.ever
    if point.step.is_for_owners:
        owned = NOBODYS
    chosen: dict[str, tuple[str, ...]] = {}
    products = []
    for paired in offer.paired:
        best = pairs.best(bought.in_order, owned, paired.source)
        if len(best) <= paired.ranks[-1]:
            continue
        sold = [pairs.products[place] for place in of_ranks(best, paired.ranks)]
        chosen[paired.key] = tuple(map(attrgetter("sku"), sold))
        products += sold
    return with_products(replace(offer, chosen=ChosenPairs(pairs.version, chosen)), products)


def with_products(offer: StepOffer, products: Iterable[PairedProduct | Product]) -> StepOffer:
    """Return a step's offer with the products of its offers of pairs. Each of these needs one, whichever the contact
    will get: nobody is held back in one variant alone."""
    skus, categories = set(offer.skus), set(offer.categories)
    for product in products:
        skus.add(product.sku)
        categories.add(product.category)
    known = offer.chosen or ChosenPairs(0, {})
    return replace(
        offer,
        skus=tuple(sorted(skus)),
        categories=frozenset(categories - {""}),
        has_pairs=all(known.offers.get(paired.key) for paired in offer.paired),
    )


def what_was_bought(points: Sequence[CheckedPoint]) -> dict[int, Bought]:
    """Return what the contact of each point bought, by the point's number: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(WHAT_WAS_BOUGHT, columns_of(COLUMNS, points))
        rows = cursor.fetchall()
    found = {}
    for number, in_order, ever in rows:
        found[number] = Bought(lower(in_order), lower(ever))
    return found


def lower(skus: Iterable[str]) -> frozenset[str]:
    """Return SKUs as pairs know them: not by PostgreSQL, whose lower case depends on the database's locale."""
    return frozenset(map(str.lower, skus))


def with_kept(store_id: int, points: Sequence[CheckedPoint], of_steps: Mapping[int, StepOffer]) -> dict[int, StepOffer]:
    """Look at what was chosen at the send point once more; it isn't chosen again."""
    wanted: set[str] = set()
    for point in points:
        wanted |= skus_of(point.pairs)
    products = products_by_sku(store_id, wanted)
    to_be_had = skus_to_be_had(store_id, wanted)
    offers = {}
    for point in points:
        own = skus_of(point.pairs)
        offer = replace(of_steps[point.step_id], chosen=point.pairs)
        offer = with_products(offer, map(products.__getitem__, own & products.keys()))
        offers[point.number] = replace(offer, is_in_stock=offer.is_in_stock and own <= to_be_had)
    return offers


def skus_of(pairs: ChosenPairs | None) -> set[str]:
    """Name all products that a send point keeps."""
    skus: set[str] = set()
    if pairs is not None:
        for sold in pairs.offers.values():
            skus.update(sold)
    return skus


def products_by_sku(store_id: int, skus: Collection[str]) -> dict[str, Product]:
    """Return these products of a store by their SKU; one that is gone isn't there."""
    found = {}
    for product in Product.objects.filter(store=store_id, sku__in=skus):
        found[product.sku] = product
    return found


def skus_to_be_had(store_id: int, skus: Collection[str]) -> set[str]:
    """Name those of these products that a message can still sell, as ``StorePairs`` has it."""
    banned = ChosenPair.objects.filter(store=store_id, is_banned=True, product=None, category="")
    is_left = Q(stock__isnull=True) | Q(stock__gt=0)
    goods = Product.objects.filter(is_left, store=store_id, sku__in=skus, kind=ProductKind.GOODS, is_active=True)
    goods = goods.filter(currency=F("store__currency")).exclude(pk__in=banned.values("suggested"))
    return set(goods.values_list("sku", flat=True))
