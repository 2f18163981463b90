"""Changing an offer: which tests sell it, what it has promised to them, and the trail of what was changed."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from checkout_widgets.models import Offer, Product
from checkout_widgets.recommending.owner_shares import count_owners_of
from experiments import audit
from experiments.models import AuditAction, Experiment, Status, Store
from experiments.models.experiment_choices import OVER
from experiments.written_words import WrittenSentence, in_each_language

# What visitors of a test were told: they must see the same until it is over, or its variants are no longer one thing.
PROMISED = frozenset({"price_minor", "compare_at_minor", "pair_source", "pair_discount"})
PICTURE = "image_url"
STARTED = (Status.RUNNING, Status.PAUSED)


class PromiseError(Exception):
    """A test has started meanwhile, and what it promises can't be changed."""


def selling(offer: Offer) -> QuerySet[Experiment]:
    """Query the tests that sell an offer and aren't over."""
    is_shown = Q(variants__widget__offer=offer) | Q(variants__next_widgets__offer=offer)
    live = Experiment.objects.filter(is_shown).exclude(status__in=OVER)
    return live.select_related("store").distinct()


def promised_to(offer: Offer) -> QuerySet[Experiment]:
    """Query the tests whose visitors have been shown the offer, and will be until they are over."""
    return selling(offer).filter(status__in=STARTED)


def picturing(products: Collection[Product]) -> QuerySet[Experiment]:
    """Query the tests that have started, aren't over, and show one of these products in any offer."""
    return showing(products).filter(status__in=STARTED)


def showing(products: Collection[Product]) -> QuerySet[Experiment]:
    """Query the tests that aren't over and show one of these products in any offer, or will once they are launched."""
    offers = Offer.objects.filter(items__product__in=products)
    is_shown = Q(variants__widget__offer__in=offers) | Q(variants__next_widgets__offer__in=offers)
    return Experiment.objects.filter(is_shown).exclude(status__in=OVER).select_related("store").distinct()


@transaction.atomic
def save_offer(offer: Offer, changed: list[str], products: Mapping[Product, list[str]], *, actor: str) -> None:
    """Save the changed columns of an offer and of its products, with an entry in the trail of each test that sells it.

    Raises ``PromiseError`` where a test that has started holds one of these columns.
    """
    lock_tests(offer, products)
    # Locked, so that of two who save it at once the trail has what each of them changed.
    before_offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if breaks_promise(offer, changed, products):
        raise PromiseError
    before, after = held_by(before_offer, changed), held_by(offer, changed)
    if changed:
        offer.save(update_fields=[*changed, "updated_at"])
    if "share_of" in changed:
        count_owners_of.defer(offer_id=offer.pk)
    for product, columns in products.items():
        before |= described(Product.objects.get(pk=product.pk), columns)
        after |= described(product, columns)
        product.save(update_fields=[*columns, "updated_at"])
    note(offer.store, offer, audit.changes(before, after), actor)


def lock_tests(offer: Offer, products: Collection[Product]) -> None:
    """Wait for launches of the tests that sell the offer or show the products, and hold up others until it is saved.

    A launch locks its test, too: either its visitors see what is saved here, or ``breaks_promise`` finds it started.
    """
    tests = set(selling(offer).values_list("pk", flat=True)) | set(showing(products).values_list("pk", flat=True))
    # In the order of their keys, lest two who save wait for each other. No key lock: exposures needn't wait.
    list(Experiment.objects.select_for_update(no_key=True).filter(pk__in=tests).order_by("pk"))


def breaks_promise(offer: Offer, changed: list[str], products: Mapping[Product, list[str]]) -> bool:
    """Whether a test that has started holds one of the changed columns, for its visitors were promised them."""
    if PROMISED.intersection(changed) and promised_to(offer).exists():
        return True
    pictured = [product for product, columns in products.items() if PICTURE in columns]
    return bool(pictured) and picturing(pictured).exists()


def held_by(offer: Offer, columns: list[str]) -> dict[str, Any]:
    """Return what an offer holds, another product by its SKU."""
    held = audit.values(offer, columns)
    if "share_of" in held and offer.share_of is not None:
        held["share_of"] = offer.share_of.sku
    return held


def described(product: Product, columns: list[str]) -> dict[str, Any]:
    """Return what a product holds, each column named with its SKU."""
    held = audit.values(product, columns)
    return {f"{product.sku}: {name}": value for name, value in held.items()}


def of_offer(offer: Offer) -> WrittenSentence:
    """Return what was changed, as the trail names it."""
    return in_each_language(lambda: _("Offer %(offer)s") % {"offer": offer})


def note(store: Store, offer: Offer, changes: audit.Change, actor: str) -> None:
    """Enter changes of an offer in the trail: of each test that sells it, else of the store."""
    if not changes:
        return
    tests: list[Experiment | None] = [*selling(offer)]
    for experiment in tests or [None]:
        audit.record(
            store=store,
            experiment=experiment,
            action=AuditAction.CHANGED,
            actor=actor,
            reason=of_offer(offer),
            detail=changes,
        )
