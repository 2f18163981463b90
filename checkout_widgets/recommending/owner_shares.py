"""How many owners of a product also bought an offer's: what a share in the copy may say.

Counted like pairs of products, from the same purchases and of the same customers: those who bought the product in the
last year, 90 days ago or longer. They "also bought" what was in that order, or in one of the 90 days after it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from checkout_widgets.models import Offer, Product, ProductKind
from checkout_widgets.recommending.reading import read_purchases
from checkout_widgets.recommending.refresh import COUNTED
from checkout_widgets.recommending.scoring import count_habit
from checkout_widgets.recommending.shared_habit import SharedHabit
from experiments.models import Store

NOBODY = SharedHabit(customers=0, base=0)


def count(now: datetime) -> int:
    """Count the owners of all offers that say a share; return how many offers' figures changed."""
    changed = Offer.objects.filter(share_of=None).exclude(owners=0, owners_with=0).update(owners=0, owners_with=0)
    offers = Offer.objects.filter(share_of__isnull=False)
    for store in Store.objects.filter(pk__in=offers.values("store")).order_by("pk"):
        changed += count_of_store(store, offers.filter(store=store), now)
    return changed


@app.task
def count_owners_of(offer_id: int) -> None:
    """Count one offer's owners: somebody has just chosen of which product, and doesn't want to wait for the night."""
    offer = Offer.objects.filter(pk=offer_id).select_related("store").first()
    if offer is None:
        return
    if offer.share_of_id is None:
        note(offer, NOBODY)
    else:
        count_of_store(offer.store, Offer.objects.filter(pk=offer_id), timezone.now())


def count_of_store(store: Store, offers: "QuerySet[Offer]", now: datetime) -> int:
    """Count the owners of a store's offers, whose orders are read once; return how many figures changed."""
    listed = list(offers.prefetch_related("items"))
    goods = goods_of(store, listed)
    place = {product_id: number for number, product_id in enumerate(goods)}
    purchases = read_purchases(store, goods, since=now - COUNTED, until=now)
    changed = 0
    for offer in listed:
        habit = NOBODY
        if offer.share_of_id in place:
            habit = count_habit(purchases, place[offer.share_of_id], places_sold(offer, place), until=now)
        changed += note(offer, habit)
    return changed


def places_sold(offer: Offer, place: Mapping[int, int]) -> list[int]:
    """Return the places of the goods that an offer sells, but for the product whose owners are counted."""
    sold = set()
    for item in offer.items.all():
        # Who owns the product has bought it: in the offer, too, it says nothing.
        if item.product_id in place and item.product_id != offer.share_of_id:
            sold.add(place[item.product_id])
    return sorted(sold)


def goods_of(store: Store, offers: Sequence[Offer]) -> list[int]:
    """List the goods among the offers' products and those that they are compared with, by their row IDs: nobody owns a
    service."""
    wanted: set[int] = set()
    for offer in offers:
        if offer.share_of_id is not None:
            wanted.add(offer.share_of_id)
        wanted.update(item.product_id for item in offer.items.all())
    goods = Product.objects.filter(store=store, pk__in=wanted, kind=ProductKind.GOODS)
    return list(goods.order_by("pk").values_list("pk", flat=True))


def note(offer: Offer, habit: SharedHabit) -> bool:
    """Write down an offer's figures; False where they are those of before. Each write of an offer makes every edge
    process load its store again."""
    if (offer.owners, offer.owners_with) == (habit.base, habit.customers):
        return False
    Offer.objects.filter(pk=offer.pk).update(owners=habit.base, owners_with=habit.customers)
    return True
