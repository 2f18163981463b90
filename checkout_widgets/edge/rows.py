"""The rows that the edge's configuration is made from, by store: the same few queries however many stores there are.

They are instances of the models, read from the database, or made from a published document (``publication/``) and then
not in any database: what builds the configuration can't tell which.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from checkout_widgets.models import (
    Acceptance,
    ChosenPair,
    ConfirmationQuestion,
    HeldByShoppers,
    NextWidget,
    Offer,
    OfferItem,
    OfferTier,
    PairLists,
    Product,
    ProductKind,
    SendPointDay,
    ShopperAnswers,
    ShopperStages,
    SilencedShopper,
    Widget,
)
from experiments.models import Experiment, Moment, Store, Variant
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from experiments.running.holdout import OF_OFFERS, running_holdouts


@dataclass
class OfferRows:
    """An offer, how often it was accepted where that is limited, its items with their products, and prices of tiers."""

    offer: Offer
    accepted: int = 0
    items: list[OfferItem] = field(default_factory=list)
    tiers: dict[int, int] = field(default_factory=dict)


@dataclass
class ExperimentRows:
    """An experiment with its variants, the control first, the widget of each variant that has one, and the second
    offers of those that have any."""

    experiment: Experiment
    variants: list[Variant] = field(default_factory=list)
    widgets: list[Widget] = field(default_factory=list)
    next_widgets: list[NextWidget] = field(default_factory=list)


class PairedProduct(NamedTuple):
    """A product as far as pairs need it; ``is_left`` where shoppers can buy it."""

    id: int
    sku: str
    title: str
    category: str
    image_url: str
    price_minor: int
    is_left: bool


class PairChoice(NamedTuple):
    """What a merchandiser said of a pair, as ``ChosenPair`` has it."""

    id: int
    product_id: int | None
    category: str
    suggested_id: int
    is_banned: bool


@dataclass
class PairRows:
    """A store's pairs: the counted lists (``recommending/lists.py``), what merchandisers chose, and its goods."""

    version: int = 0
    lists: bytes = b""
    choices: list[PairChoice] = field(default_factory=list)
    products: list[PairedProduct] = field(default_factory=list)


class PackedProducts(NamedTuple):
    """What a store's shoppers have (``held_products.py``)."""

    skus: list[str]
    shoppers: bytes


class PackedAnswers(NamedTuple):
    """What a store's shoppers answered (``shopper_answers.py``)."""

    tags: list[str]
    shoppers: bytes


@dataclass
class StoreRows:
    """A store with what runs in it: the highest priority first, then the oldest; of winners, the newest first.

    ``holdout`` is the experiment that compares the store's held-out visitors with all others. ``silenced`` are the
    digests of shoppers who get no offers, each until a time. ``send_points`` are those of the day. ``stages`` are
    those of shoppers, packed, ``answers`` what they answered, and ``held`` what they have. ``question`` is there while
    it is shown, and ``pairs`` where an offer sells any.
    """

    store: Store
    experiments: list[ExperimentRows] = field(default_factory=list)
    offers: list[OfferRows] = field(default_factory=list)
    holdout: ExperimentRows | None = None
    silenced: dict[str, datetime] = field(default_factory=dict)
    send_points: SendPointDay | None = None
    stages: bytes | None = None
    answers: PackedAnswers | None = None
    held: PackedProducts | None = None
    question: ConfirmationQuestion | None = None
    pairs: PairRows | None = None


# Tests by priority, then by age; after them winners, the newest first.
AS_ASKED = (F("ended_at").desc(nulls_first=True), "-priority", "pk")


def read_rows(store_ids: Collection[int] | None = None) -> list[StoreRows]:
    """Read these stores, or all."""
    stores, served = Store.objects.all(), Experiment.objects.served()
    # Of visitors: customers are exposed to the holdout of messages where a message would go out.
    holdouts = running_holdouts(OF_OFFERS)
    if store_ids is not None:
        stores, served = stores.filter(pk__in=store_ids), served.filter(store__in=store_ids)
        holdouts = holdouts.filter(store__in=store_ids)
    found = {store.pk: StoreRows(store) for store in stores}
    for experiment in read_experiments(served.order_by(*AS_ASKED)):
        found[experiment.experiment.store_id].experiments.append(experiment)
    for offer in read_offers(offers_shown_in(served)):
        found[offer.offer.store_id].offers.append(offer)
    for store_id, pairs in read_pairs(selling_pairs(found.values())).items():
        found[store_id].pairs = pairs
    for holdout in holdouts.prefetch_related("variants"):
        found[holdout.store_id].holdout = ExperimentRows(holdout, list(holdout.variants.all()))
    read_shoppers(found)
    for question in ConfirmationQuestion.objects.filter(store__in=found, is_on=True):
        found[question.store_id].question = question
    return list(found.values())


def read_shoppers(found: dict[int, StoreRows]) -> None:
    """Read what is known of the shoppers of these stores, by the ids of the stores."""
    now = timezone.now()
    # The latest last: of two problems of one shopper, the one that silences longer counts.
    silenced = SilencedShopper.objects.filter(store__in=found, until__gt=now).order_by("until", "pk")
    for store_id, shopper, until in silenced.values_list("store_id", "shopper", "until"):
        found[store_id].silenced[shopper] = until
    for day in SendPointDay.objects.filter(store__in=found, ends_at__gt=now):
        found[day.store_id].send_points = day
    for stages in ShopperStages.objects.filter(store__in=found):
        found[stages.store_id].stages = bytes(stages.shoppers)
    for answers in ShopperAnswers.objects.filter(store__in=found):
        found[answers.store_id].answers = PackedAnswers(answers.tags, bytes(answers.shoppers))
    for held in HeldByShoppers.objects.filter(store__in=found):
        found[held.store_id].held = PackedProducts(held.skus, bytes(held.shoppers))


def read_moment(store: Store, moment: Moment, *, also: int | None = None) -> StoreRows:
    """Read what the store serves at a moment, and nothing of its shoppers, of whom there may be many.

    ``also`` is the id of an experiment that is read with it, whether or not it is served.
    """
    served = Experiment.objects.served().filter(store=store, moment=moment)
    if also is not None:
        served |= Experiment.objects.filter(pk=also)
    rows = StoreRows(store, read_experiments(served.order_by(*AS_ASKED)), read_offers(offers_shown_in(served)))
    rows.pairs = read_pairs(selling_pairs([rows])).get(store.pk)
    return rows


def selling_pairs(stores: Iterable[StoreRows]) -> list[int]:
    """Return the ids of the stores in which an offer sells pairs."""
    found = []
    for rows in stores:
        if any(offer.offer.pairing for offer in rows.offers):
            found.append(rows.store.pk)
    return found


def read_pairs(store_ids: Collection[int]) -> dict[int, PairRows]:
    """Read the pairs of these stores; the same few queries however many they are, none for none."""
    found = {store_id: PairRows() for store_id in store_ids}
    if not found:
        return found
    for lists in PairLists.objects.filter(store__in=found):
        found[lists.store_id].version, found[lists.store_id].lists = lists.version, bytes(lists.content)
    choices = ChosenPair.objects.filter(store__in=found).order_by("pk")
    for store_id, *chosen in choices.values_list("store_id", *PairChoice._fields):
        found[store_id].choices.append(PairChoice(*chosen))
    is_left = Q(is_active=True) & (Q(stock__isnull=True) | Q(stock__gt=0))
    # An offer has the store's currency: a price in another one says nothing of what it costs.
    goods = Product.objects.filter(store__in=found, kind=ProductKind.GOODS, currency=F("store__currency"))
    columns = ("store_id", *PairedProduct._fields[:-1], "is_to_be_had")
    for store_id, *product in goods.annotate(is_to_be_had=is_left).order_by("pk").values_list(*columns):
        found[store_id].products.append(PairedProduct(*product))
    return found


def read_experiments(experiments: QuerySet[Experiment]) -> list[ExperimentRows]:
    """Read the experiments, in their order, with their variants and widgets."""
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(experiment__in=experiments):
        variants[variant.experiment_id].append(variant)
    widgets = {widget.variant_id: widget for widget in widgets_of(experiments)}
    second: dict[int, list[NextWidget]] = defaultdict(list)
    for next_widget in next_widgets_of(experiments):
        second[next_widget.variant_id].append(next_widget)
    found = []
    for experiment in experiments:
        rows = experiment_rows(experiment, variants[experiment.pk], widgets)
        for variant in rows.variants:
            rows.next_widgets.extend(second[variant.pk])
        found.append(rows)
    return found


def experiment_rows(experiment: Experiment, variants: Iterable[Variant], widgets: dict[int, Widget]) -> ExperimentRows:
    """Return the experiment with its variants, and those of the widgets, by variant, that are theirs."""
    rows = ExperimentRows(experiment)
    for variant in variants:
        rows.variants.append(variant)
        if variant.pk in widgets:
            rows.widgets.append(widgets[variant.pk])
    return rows


def widgets_of(experiments: QuerySet[Experiment]) -> QuerySet[Widget]:
    """Return the widgets of the experiments' variants; never one that shows another store's offer."""
    own = Widget.objects.filter(variant__experiment__in=experiments, offer__store=F("variant__experiment__store"))
    # a treatment that the page shows itself keeps the widget that it had before, in case somebody changes back
    return own.filter(variant__is_page_own=False)


def next_widgets_of(experiments: QuerySet[Experiment]) -> QuerySet[NextWidget]:
    """Return the second offers that are switched on; never one that shows another store's offer."""
    own = NextWidget.objects.filter(variant__experiment__in=experiments, offer__store=F("variant__experiment__store"))
    # Products of a pair are those of the first offer's token.
    at_confirmation = own.filter(variant__experiment__moment__in=MOMENTS_OF_SEQUENCES, offer__pairing="")
    return at_confirmation.filter(is_shown=True, variant__is_page_own=False).order_by("variant", "after")


def offers_shown_in(experiments: QuerySet[Experiment]) -> QuerySet[Offer]:
    """Return the offers that the experiments' widgets show, first or second."""
    shown = Widget.objects.filter(variant__experiment__in=experiments, variant__is_page_own=False)
    second = next_widgets_of(experiments).order_by()
    return Offer.objects.filter(Q(pk__in=shown.values("offer")) | Q(pk__in=second.values("offer")))


def read_offers(offers: QuerySet[Offer]) -> list[OfferRows]:
    """Read the offers with what they sell; never another store's product."""
    limited = Acceptance.objects.filter(offer__in=offers.filter(stock_limit__isnull=False))
    accepted = dict(limited.values_list("offer").annotate(Sum("quantity")).order_by())
    found = {}
    for offer in offers.select_related("replaces"):
        found[offer.pk] = OfferRows(offer, accepted.get(offer.pk, 0))
    own = OfferItem.objects.filter(offer__in=offers, product__store=F("offer__store"))
    for item in own.select_related("product"):
        found[item.offer_id].items.append(item)
    for tier in OfferTier.objects.filter(offer__in=offers):
        found[tier.offer_id].tiers[tier.quantity] = tier.price_minor
    return list(found.values())
