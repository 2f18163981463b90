"""Database -> configuration, with the same number of queries however many stores there are."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q

from checkout_widgets.edge.configuration import (
    Configuration,
    ExperimentConfiguration,
    Item,
    OfferConfiguration,
    StoreConfiguration,
    VariantConfiguration,
    WidgetConfiguration,
)
from checkout_widgets.models import Acceptance, ConfigurationVersion, Offer, OfferItem, OfferKind, Widget
from experiments.assignment.allocation import Arm
from experiments.assignment.targeting import Context, Rule, TargetingError, compile_rules
from experiments.models import ConsentMode, Decision, Experiment, Source, Status, Store, Variant

logger = logging.getLogger(__name__)

COPY = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label")
LIVE = Experiment.objects.filter(
    Q(status__in=(Status.RUNNING, Status.PAUSED))
    | Q(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant__isnull=False),
    source=Source.LIVE,
)


def load() -> Configuration:
    """Read the configuration of all stores as it is in the database at one moment."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        version = current_version()
        widgets = load_widgets(load_offers())
        experiments = load_experiments(widgets)
        stores = [store_configuration(store, experiments[store.pk]) for store in Store.objects.all()]
    return Configuration(
        version=version,
        by_site_key={store.site_key: store for store in stores},
        by_secret=secrets_of(stores),
        origins=frozenset().union(*(store.origins for store in stores)),
    )


def current_version() -> int:
    """The version of the configuration in the database."""
    return ConfigurationVersion.objects.values_list("version", flat=True).first() or 0


def secrets_of(stores: Iterable[StoreConfiguration]) -> dict[bytes, StoreConfiguration]:
    """Stores by the digest of each of their secret keys; whether the previous one still counts is asked at use."""
    keys = ((key, store) for store in stores for key in (store.secret_key, store.previous_secret_key) if key)
    return {sha256(key.encode()).digest(): store for key, store in keys}


def load_offers() -> dict[int, OfferConfiguration]:
    """The offers of live experiments by id."""
    offers = Offer.objects.filter(pk__in=Widget.objects.filter(variant__experiment__in=LIVE).values("offer"))
    limited = Acceptance.objects.filter(offer__in=offers.filter(stock_limit__isnull=False))
    accepted = dict(limited.values_list("offer").annotate(Count("pk")).order_by())
    items: dict[int, list[OfferItem]] = defaultdict(list)
    own = OfferItem.objects.filter(offer__in=offers, product__store=F("offer__store"))
    for item in own.select_related("product"):
        items[item.offer_id].append(item)
    return {offer.pk: offer_configuration(offer, accepted.get(offer.pk, 0), items[offer.pk]) for offer in offers}


def offer_configuration(offer: Offer, accepted: int, items: list[OfferItem]) -> OfferConfiguration:
    """The offer as the edge holds it."""
    return OfferConfiguration(
        id=offer.pk,
        key=offer.key,
        kind=offer.kind,
        currency=offer.currency,
        price_minor=offer.price_minor,
        compare_at_minor=offer.compare_at_minor,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        is_active=offer.is_active,
        stock=stock_of(offer, accepted, items),
        items=tuple(item_configuration(item) for item in items),
    )


def stock_of(offer: Offer, accepted: int, items: list[OfferItem]) -> int | None:
    """How often the offer can still be had; None where neither products nor acceptances are counted.

    A product that isn't sold any more is out of stock.
    """
    stocks = [(item.product.stock if item.product.is_active else 0, item.quantity) for item in items]
    counted = [stock // quantity for stock, quantity in stocks if stock is not None]
    limit = [] if offer.stock_limit is None else [max(0, offer.stock_limit - accepted)]
    return min(counted + limit, default=None)


def item_configuration(item: OfferItem) -> Item:
    """The item as the edge holds it."""
    product = item.product
    return Item(product.sku, product.title, item.quantity, product.image_url, product.price_minor)


def load_widgets(offers: dict[int, OfferConfiguration]) -> dict[int, WidgetConfiguration]:
    """The widgets that show these offers, by variant; never another store's offer."""
    own = Widget.objects.filter(variant__experiment__in=LIVE, offer__store=F("variant__experiment__store"))
    return {
        widget.variant_id: WidgetConfiguration(
            offer=offers[widget.offer_id],
            layout=widget.layout,
            copy=copy_of(widget),
            theme=texts_of(widget.theme),
            terms_url=widget.terms_url,
        )
        for widget in own
        if widget.offer_id in offers
    }


def copy_of(widget: Widget) -> dict[str, dict[str, str]]:
    """The texts by lower-case locale; what a translation doesn't override stays as it is."""
    own = {name: getattr(widget, name) for name in COPY}
    copy = {"": own}
    if isinstance(widget.translations, dict):
        for locale, texts in widget.translations.items():
            copy[locale.lower().replace("_", "-")] = own | texts_of(texts)
    return copy


def texts_of(value: Any) -> dict[str, str]:
    """Those entries of a JSON object that are text."""
    return {name: text for name, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def load_experiments(widgets: dict[int, WidgetConfiguration]) -> dict[int, list[ExperimentConfiguration]]:
    """Live experiments by store: the highest priority first, then the oldest; of winners, the newest first."""
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(experiment__in=LIVE):
        variants[variant.experiment_id].append(variant)
    experiments: dict[int, list[ExperimentConfiguration]] = defaultdict(list)
    for experiment in LIVE.order_by(F("ended_at").desc(nulls_first=True), "-priority", "pk"):
        configuration = experiment_configuration(experiment, variants[experiment.pk], widgets)
        experiments[experiment.store_id].append(configuration)
    return experiments


def experiment_configuration(
    experiment: Experiment, variants: list[Variant], widgets: dict[int, WidgetConfiguration]
) -> ExperimentConfiguration:
    """The experiment as the edge holds it."""
    configurations = {
        variant.key: VariantConfiguration(variant.pk, variant.key, variant.is_control, widgets.get(variant.pk))
        for variant in variants
    }
    by_id = {variant.id: variant for variant in configurations.values()}
    is_concluded = experiment.status == Status.CONCLUDED
    rolled_out = by_id.get(experiment.rolled_out_variant_id or 0) if is_concluded else None
    shown = [rolled_out] if rolled_out else list(configurations.values())
    offers = tuple(variant.widget.offer for variant in shown if variant.widget)
    return ExperimentConfiguration(
        id=experiment.pk,
        key=experiment.key,
        moment=experiment.moment,
        salt=experiment.salt,
        traffic_share=experiment.served_share,
        is_paused=experiment.status == Status.PAUSED,
        starts_at=None if is_concluded else experiment.starts_at,
        ends_at=None if is_concluded else experiment.ends_at,
        is_targeted=targeting_of(experiment),
        arms=tuple(Arm(variant.key, variant.weight) for variant in variants),
        variants=configurations,
        rolled_out=rolled_out,
        offers=offers,
        cross_sold=frozenset(
            item.sku.lower() for offer in offers if offer.kind == OfferKind.CROSS_SELL for item in offer.items
        ),
    )


def targeting_of(experiment: Experiment) -> Rule:
    """Its rules as a function; rules that can't be read are for nobody, so that a mistake shows no offer."""
    try:
        return compile_rules(experiment.targeting)
    except TargetingError as error:
        logger.error("The targeting of experiment %s can't be read: %s", experiment.key, error)
        return nobody


def nobody(context: Context) -> bool:
    """Targeting that matches no visitor."""
    return False


def is_showable(experiment: ExperimentConfiguration) -> bool:
    """Whether every arm but the control has a widget; of a rolled-out one, whether the winner has."""
    if experiment.rolled_out:
        return experiment.rolled_out.widget is not None
    return bool(experiment.arms) and all(arm.is_control or arm.widget for arm in experiment.variants.values())


def by_moment(experiments: Iterable[ExperimentConfiguration]) -> dict[str, tuple[ExperimentConfiguration, ...]]:
    """The experiments of each moment, in their order."""
    moments: dict[str, tuple[ExperimentConfiguration, ...]] = {}
    for experiment in experiments:
        moments[experiment.moment] = (*moments.get(experiment.moment, ()), experiment)
    return moments


def store_configuration(store: Store, experiments: list[ExperimentConfiguration]) -> StoreConfiguration:
    """The store as the edge holds it."""
    showable = [experiment for experiment in experiments if is_showable(experiment)]
    return StoreConfiguration(
        id=store.pk,
        slug=store.slug,
        site_key=store.site_key,
        currency=store.currency,
        origins=frozenset(origin.strip().rstrip("/").lower() for origin in store.allowed_origins),
        is_consent_required=store.consent_mode == ConsentMode.REQUIRED,
        holdout_share=store.holdout_share,
        max_offers_per_session=store.max_offers_per_session,
        max_offers_per_day=store.max_offers_per_day,
        decline_silence=timedelta(hours=store.decline_silence_hours),
        tests=by_moment(experiment for experiment in showable if not experiment.rolled_out),
        rollouts=by_moment(experiment for experiment in showable if experiment.rolled_out),
        secret_key=store.secret_key,
        previous_secret_key=store.previous_secret_key,
        previous_secret_key_expires_at=store.previous_secret_key_expires_at,
    )
