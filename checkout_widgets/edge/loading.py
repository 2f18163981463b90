"""Database -> configuration, with the same number of queries however many stores there are."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from checkout_widgets.edge.configuration import (
    Configuration,
    ExperimentConfiguration,
    HoldoutConfiguration,
    StoreConfiguration,
    VariantConfiguration,
    WidgetConfiguration,
)
from checkout_widgets.edge.offers import load_offers, load_widgets, offers_shown_in, timezone_of
from checkout_widgets.edge.parts import parts_for
from checkout_widgets.models import ConfigurationVersion, OfferKind
from experiments import retired_secrets
from experiments.assignment.allocation import WeightedVariant
from experiments.assignment.targeting import Context, Rule, TargetingError, compile_rules
from experiments.models import ConsentMode, Decision, Experiment, Source, Status, Store, Variant
from experiments.retired_secrets import Expiring

logger = logging.getLogger(__name__)

SOLD_ONCE = (OfferKind.CROSS_SELL, OfferKind.UPGRADE)
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
        widgets = load_widgets(load_offers(offers_shown_in(LIVE)), LIVE)
        experiments = load_experiments(widgets, LIVE)
        holdouts = load_holdouts()
        stores = [
            store_configuration(store, experiments[store.pk], holdouts.get(store.pk)) for store in Store.objects.all()
        ]
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
    """Stores by the digest of each of their secret keys; whether one that was replaced still counts is asked at use."""
    found = {}
    for store in stores:
        for key in (store.secret_key, *(retired.secret for retired in store.retired_secret_keys)):
            found[sha256(key.encode()).digest()] = store
    return found


def retired_keys(store: Store) -> tuple[Expiring, ...]:
    """The store's keys that were replaced, the newest first, with when they end."""
    older = retired_secrets.expiring(store.older_secret_keys)
    if not store.previous_secret_key or store.previous_secret_key_expires_at is None:
        return tuple(older)
    return (Expiring(store.previous_secret_key, store.previous_secret_key_expires_at), *older)


def load_experiments(
    widgets: dict[int, WidgetConfiguration], live: QuerySet[Experiment]
) -> dict[int, list[ExperimentConfiguration]]:
    """The experiments by store: the highest priority first, then the oldest; of winners, the newest first."""
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(experiment__in=live):
        variants[variant.experiment_id].append(variant)
    experiments: dict[int, list[ExperimentConfiguration]] = defaultdict(list)
    for experiment in live.order_by(F("ended_at").desc(nulls_first=True), "-priority", "pk"):
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
    shown_widgets = [variant.widget for variant in shown if variant.widget]
    offers = tuple(widget.offer for widget in shown_widgets)
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
        arms=tuple(WeightedVariant(variant.key, variant.weight) for variant in variants),
        variants=configurations,
        rolled_out=rolled_out,
        offers=offers,
        cross_sold=frozenset(item.sku.lower() for offer in offers if offer.kind in SOLD_ONCE for item in offer.items),
        replaced=frozenset(offer.replaces.sku.lower() for offer in offers if offer.replaces),
        parts=parts_for(experiment.moment, shown_widgets, ""),
        phone_parts=parts_for(experiment.moment, shown_widgets, "phone"),
    )


def targeting_of(experiment: Experiment) -> Rule:
    """Its rules as a function; rules that can't be read are for nobody, so that a mistake shows no offer."""
    try:
        return compile_rules(experiment.targeting)
    except TargetingError as error:
        logger.error("The targeting of experiment %s can't be read: %s", experiment.key, error)
        return matches_nobody


def matches_nobody(context: Context) -> bool:
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


def load_holdouts() -> dict[int, HoldoutConfiguration]:
    """The experiments of the stores' holdouts, by store."""
    running = Experiment.objects.filter(source=Source.HOLDOUT, status=Status.RUNNING)
    holdouts = {}
    for experiment in running.prefetch_related("variants"):
        control, treatment = experiment.variants.all()
        holdouts[experiment.store_id] = HoldoutConfiguration(
            id=experiment.pk,
            key=experiment.key,
            held_out_id=control.pk,
            held_out_key=control.key,
            offers_id=treatment.pk,
        )
    return holdouts


def store_configuration(
    store: Store, experiments: list[ExperimentConfiguration], holdout: HoldoutConfiguration | None
) -> StoreConfiguration:
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
        timezone=timezone_of(store),
        holdout=holdout if store.holdout_share else None,
        max_offers_per_session=store.max_offers_per_session,
        max_offers_per_day=store.max_offers_per_day,
        decline_silence=timedelta(hours=store.decline_silence_hours),
        tests=by_moment(experiment for experiment in showable if not experiment.rolled_out),
        rollouts=by_moment(experiment for experiment in showable if experiment.rolled_out),
        secret_key=store.secret_key,
        retired_secret_keys=retired_keys(store),
    )
