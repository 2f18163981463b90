"""Reads the configuration from the database, with the same number of queries however many stores there are."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from django.db import connection, transaction

from checkout_widgets.edge.configuration import (
    Configuration,
    ExperimentConfiguration,
    HoldoutConfiguration,
    StoreConfiguration,
    VariantConfiguration,
)
from checkout_widgets.edge.known_shoppers import answers_of, held_of, send_points_of, stages_of
from checkout_widgets.edge.offers import offer_configurations, widget_configurations
from checkout_widgets.edge.pairs import PairArm, Pairing, StorePairs, store_pairs
from checkout_widgets.edge.parts import parts_for
from checkout_widgets.edge.question import QuestionConfiguration, question_configuration
from checkout_widgets.edge.rows import ExperimentRows, StoreRows, read_rows
from checkout_widgets.edge.widget_configuration import (
    OfferConfiguration,
    WidgetConfiguration,
)
from checkout_widgets.models import ConfigurationVersion, ConfirmationQuestion, OfferKind, StoreVersion
from checkout_widgets.pair_offers import RANKS
from experiments import retired_secrets
from experiments.assignment.allocation import WeightedVariant
from experiments.assignment.targeting import Rule, TargetingError, compile_rules
from experiments.models import ConsentMode, Experiment, PairExposure, Status, Store, Variant
from experiments.retired_secrets import Expiring

logger = logging.getLogger(__name__)

SOLD_ONCE = (OfferKind.CROSS_SELL, OfferKind.UPGRADE)
ALL_STORES = 0  # in place of a store's id: a table was emptied, which says nothing of stores


def load() -> Configuration:
    """Read the configuration of all stores as it is in the database at one moment."""
    with one_moment():
        return configuration_of(load_stores(), current_version())


def load_changes(known: Configuration) -> Configuration:
    """Return the configuration as it is in the database at one moment, reading the stores that have changed since."""
    with one_moment():
        version = current_version()
        changed = stores_changed_since(known.version, version)
        if changed is None:
            return configuration_of(load_stores(), version)
        stores = {store.id: store for store in known.by_site_key.values()}
        for store_id in changed:
            stores.pop(store_id, None)  # one that was deleted isn't read again
        for store in load_stores(changed):
            stores[store.id] = store
    return configuration_of(list(stores.values()), version)


def stores_changed_since(known_version: int, version: int) -> set[int] | None:
    """Return the ids of the stores that changed since the known version; None where any may have."""
    newer = StoreVersion.objects.filter(version__gt=known_version)
    changed = set(newer.values_list("store_id", flat=True))
    # none named: counted by the release before, or the database is an older copy of itself
    if not changed or ALL_STORES in changed or version < known_version:
        return None
    return changed


@contextmanager
def one_moment() -> Iterator[None]:
    """Make all queries see the database at one moment, unless a transaction has begun before."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            # each query sees the same instant: else an experiment could come with the variants of a moment later
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def load_stores(store_ids: Collection[int] | None = None) -> list[StoreConfiguration]:
    """Read the configuration of these stores, or of all, with the same number of queries however many they are."""
    return [store_of(rows) for rows in read_rows(store_ids)]


def store_of(rows: StoreRows) -> StoreConfiguration:
    """Return the store as the edge holds it, whether its rows come from the database or from a document."""
    offers = offer_configurations(rows.offers)
    pairs = None
    if rows.pairs is not None:
        pairs = store_pairs(rows.pairs)
    experiments = []
    for run in rows.experiments:
        widgets = widget_configurations(run, offers, rows.store)
        experiments.append(experiment_configuration(run.experiment, run.variants, widgets, pairs))
    holdout = None
    if rows.holdout and rows.store.holdout_share:
        holdout = holdout_configuration(rows.holdout)
    return store_configuration(rows, experiments, holdout)


def configuration_of(stores: Sequence[StoreConfiguration], version: int) -> Configuration:
    """Return the configuration of these stores, with what finds them."""
    by_site_key: dict[str, StoreConfiguration] = {}
    origins: set[str] = set()
    for store in stores:
        by_site_key[store.site_key] = store
        origins |= store.origins
    return Configuration(
        version=version, by_site_key=by_site_key, by_secret=secrets_of(stores), origins=frozenset(origins)
    )


def current_version() -> int:
    """Return the version of the configuration in the database."""
    return ConfigurationVersion.objects.values_list("version", flat=True).first() or 0


def secrets_of(stores: Iterable[StoreConfiguration]) -> dict[bytes, StoreConfiguration]:
    """Return the stores by the digest of each of their secret keys.

    Whether one that was replaced still counts is asked at use.
    """
    found = {}
    for store in stores:
        found[digest_of(store.secret_key)] = store
        for retired in store.retired_secret_keys:
            found[digest_of(retired.secret)] = store
    return found


def digest_of(key: str) -> bytes:
    """Return what a key is looked up by: a dict of keys would tell their beginnings by the time it takes."""
    return sha256(key.encode()).digest()


def retired_keys(store: Store) -> tuple[Expiring, ...]:
    """Return the store's keys that were replaced, the newest first, with when they end."""
    older = retired_secrets.expiring(store.older_secret_keys)
    if not store.previous_secret_key or store.previous_secret_key_expires_at is None:
        return tuple(older)
    return (Expiring(store.previous_secret_key, store.previous_secret_key_expires_at), *older)


def experiment_configuration(
    experiment: Experiment,
    variants: list[Variant],
    widgets: dict[int, WidgetConfiguration],
    pairs: StorePairs | None = None,
) -> ExperimentConfiguration:
    """Return the experiment as the edge holds it; ``pairs`` are its store's, where an offer sells any."""
    configurations = variant_configurations(variants, widgets)
    rolled_out = rolled_out_variant(experiment, configurations.values())
    starts_at, ends_at = dates_of(experiment)
    shown = shown_widgets(configurations.values(), rolled_out)
    offers = tuple(widget.offer for widget in shown)
    return ExperimentConfiguration(
        id=experiment.pk,
        key=experiment.key,
        moment=experiment.moment,
        salt=experiment.salt,
        traffic_share=experiment.served_share,
        is_paused=experiment.status == Status.PAUSED,
        starts_at=starts_at,
        ends_at=ends_at,
        is_targeted=targeting_of(experiment),
        arms=tuple(WeightedVariant(variant.key, variant.weight) for variant in variants),
        variants=configurations,
        rolled_out=rolled_out,
        offers=offers,
        cross_sold=cross_sold(offers),
        replaced=replaced(offers),
        parts=parts_for(experiment.moment, shown, ""),
        phone_parts=parts_for(experiment.moment, shown, "phone"),
        pages=pages_of(experiment.key, configurations.values()),
        control_page=control_page(experiment.key, configurations.values()),
        pairing=pairing_of(experiment, configurations, rolled_out, pairs),
    )


def dates_of(experiment: Experiment) -> tuple[datetime | None, datetime | None]:
    """Return between which times the experiment is served: a rolled-out winner outlives the dates of its test."""
    if experiment.status == Status.CONCLUDED:
        return None, None
    return experiment.starts_at, experiment.ends_at


def pairing_of(
    experiment: Experiment,
    variants: dict[str, VariantConfiguration],
    rolled_out: VariantConfiguration | None,
    pairs: StorePairs | None,
) -> Pairing | None:
    """Return what the arms show of pairs, of a winner its own alone; None where no arm shows any."""
    arms = {}
    has_others = False
    for key, variant in variants.items():
        if rolled_out not in (None, variant):
            continue
        offer = variant.widget.offer if variant.widget is not None else None
        if offer is not None and offer.pairing:
            arms[key] = PairArm(RANKS[offer.pairing], offer.pair_source)
        elif has_something_to_show(variant):
            has_others = True
    if pairs is None or not arms:
        return None
    # A winner takes no part in anything any more: it is shown where it has something to show.
    is_any_enough = experiment.pair_exposure == PairExposure.ANY and rolled_out is None
    return Pairing(pairs, arms, is_any_enough=is_any_enough, has_others=has_others)


def pages_of(key: str, variants: Collection[VariantConfiguration]) -> dict[str, msgspec.Raw]:
    """Return what a page is told of each arm, where any of them is the page's own."""
    if not any(variant.is_page_own for variant in variants):
        return {}
    arms = [variant.key for variant in variants]
    pages = {}
    for arm in arms:
        pages[arm] = msgspec.Raw(msgspec.json.encode({"test": key, "arm": arm, "arms": arms}))
    return pages


def control_page(key: str, variants: Collection[VariantConfiguration]) -> msgspec.Raw | None:
    """Return what a page is told of a visitor who must see what control sees."""
    for variant in variants:
        if variant.is_control:
            return pages_of(key, variants).get(variant.key)
    return None


def variant_configurations(
    variants: Iterable[Variant], widgets: dict[int, WidgetConfiguration]
) -> dict[str, VariantConfiguration]:
    """Return the variants by key, each with what it shows."""
    found = {}
    for variant in variants:
        widget = widgets.get(variant.pk)
        found[variant.key] = VariantConfiguration(
            variant.pk, variant.key, variant.is_control, widget, variant.is_page_own
        )
    return found


def rolled_out_variant(experiment: Experiment, variants: Iterable[VariantConfiguration]) -> VariantConfiguration | None:
    """Return the winner that a concluded experiment shows to everybody; None of any other experiment."""
    if experiment.status != Status.CONCLUDED:
        return None
    for variant in variants:
        if variant.id == experiment.rolled_out_variant_id:
            return variant
    return None


def shown_widgets(
    variants: Iterable[VariantConfiguration], rolled_out: VariantConfiguration | None
) -> list[WidgetConfiguration]:
    """Return what visitors can see, first or second: the winner's widgets where there is one, else every arm's."""
    if rolled_out is not None:
        variants = [rolled_out]
    shown = []
    for variant in variants:
        if variant.widget is not None:
            shown.extend([variant.widget, *variant.widget.next.values()])
    return shown


def cross_sold(offers: Iterable[OfferConfiguration]) -> frozenset[str]:
    """Return the SKUs that nobody needs twice: whoever has one in the cart gets no offer of it."""
    skus: set[str] = set()
    for offer in offers:
        if offer.kind in SOLD_ONCE:
            skus.update(item.sku.lower() for item in offer.items)
    return frozenset(skus)


def replaced(offers: Iterable[OfferConfiguration]) -> frozenset[str]:
    """Return the SKUs that upgrades take the place of: without them in the cart there is nothing to upgrade."""
    return frozenset(offer.replaces.sku.lower() for offer in offers if offer.replaces)


def targeting_of(experiment: Experiment) -> Rule:
    """Return its rules as a function; rules that can't be read are for nobody, so that a mistake shows no offer."""
    try:
        return compile_rules(experiment.targeting)
    except TargetingError as error:
        logger.error("The targeting of experiment %s can't be read: %s", experiment.key, error)
        return matches_nobody


def matches_nobody(context: object) -> bool:
    """Targeting that matches no visitor."""
    return False


def is_showable(experiment: ExperimentConfiguration) -> bool:
    """Return whether every arm but the control shows something; of a rolled-out one, whether the winner does."""
    if experiment.rolled_out:
        return has_something_to_show(experiment.rolled_out)
    for variant in experiment.variants.values():
        if not variant.is_control and not has_something_to_show(variant):
            return False
    return bool(experiment.arms)


def has_something_to_show(variant: VariantConfiguration) -> bool:
    """Return whether a treatment has a widget, or the page shows it itself."""
    return variant.widget is not None or variant.is_page_own


def by_moment(experiments: Iterable[ExperimentConfiguration]) -> dict[str, tuple[ExperimentConfiguration, ...]]:
    """Return the experiments of each moment, in their order."""
    moments: dict[str, tuple[ExperimentConfiguration, ...]] = {}
    for experiment in experiments:
        moments[experiment.moment] = (*moments.get(experiment.moment, ()), experiment)
    return moments


def holdout_configuration(rows: ExperimentRows) -> HoldoutConfiguration:
    """Return the experiment of a store's holdout."""
    control, treatment = rows.variants
    return HoldoutConfiguration(
        id=rows.experiment.pk,
        key=rows.experiment.key,
        held_out_id=control.pk,
        held_out_key=control.key,
        offers_id=treatment.pk,
        offers_key=treatment.key,
    )


def tests_and_rollouts(
    experiments: Iterable[ExperimentConfiguration],
) -> tuple[list[ExperimentConfiguration], list[ExperimentConfiguration]]:
    """Return what is served: running tests, and winners that are rolled out."""
    tests, rollouts = [], []
    for experiment in filter(is_showable, experiments):
        if experiment.rolled_out:
            rollouts.append(experiment)
        else:
            tests.append(experiment)
    return tests, rollouts


def store_configuration(
    rows: StoreRows, experiments: list[ExperimentConfiguration], holdout: HoldoutConfiguration | None
) -> StoreConfiguration:
    """Return the store as the edge holds it."""
    store = rows.store
    tests, rollouts = tests_and_rollouts(experiments)
    return StoreConfiguration(
        id=store.pk,
        slug=store.slug,
        site_key=store.site_key,
        currency=store.currency,
        origins=frozenset(map(normalized_origin, store.allowed_origins)),
        is_consent_required=store.consent_mode == ConsentMode.REQUIRED,
        holdout_share=store.holdout_share,
        timezone=store.zone,
        holdout=holdout,
        max_offers_per_session=store.max_offers_per_session,
        max_offers_per_day=store.max_offers_per_day,
        decline_silence=timedelta(hours=store.decline_silence_hours),
        tests=by_moment(tests),
        rollouts=by_moment(rollouts),
        secret_key=store.secret_key,
        retired_secret_keys=retired_keys(store),
        silenced=rows.silenced,
        send_points=send_points_of(rows.send_points),
        stages=stages_of(rows.stages),
        answers=answers_of(rows.answers),
        held=held_of(rows.held),
        question=question_of(rows.question),
    )


def question_of(row: ConfirmationQuestion | None) -> QuestionConfiguration | None:
    """Return the question of the confirmation page as the edge holds it; None where none is asked."""
    if row is None:
        return None
    return question_configuration(row)


def normalized_origin(origin: str) -> str:
    """Return an origin as browsers write it, also where somebody has typed it with a slash."""
    return origin.strip().rstrip("/").lower()
