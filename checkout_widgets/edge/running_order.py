"""Where a test stands, or would stand, among those that are asked at its moment."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.edge.loading import experiment_configuration, store_of
from checkout_widgets.edge.offers import load_offers, offer_configurations, widget_configurations
from checkout_widgets.edge.pairs import StorePairs, store_pairs
from checkout_widgets.edge.rows import (
    ExperimentRows,
    StoreRows,
    offers_shown_in,
    read_experiments,
    read_moment,
    read_pairs,
)
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from experiments.models import Experiment, Moment, Store

NEW_TEST = 0  # in place of the id of a test that isn't saved


class Running(NamedTuple):
    """A test as it would run, and the others that are asked at its moment, in their order."""

    test: ExperimentConfiguration
    others: list[ExperimentConfiguration]


def configured(experiment: Experiment) -> ExperimentConfiguration:
    """Return the test as the edge would hold it while it runs."""
    saved = Experiment.objects.filter(pk=experiment.pk)
    offers = load_offers(offers_shown_in(saved))
    pairs = None
    if any(offer.pairing for offer in offers.values()):
        pairs = pairs_of(experiment.store)
    return as_running(experiment, read_experiments(saved), offers, pairs)


def configured_among_others(experiment: Experiment) -> Running:
    """Return the test, and what is served at its moment: read at once, as every statement takes its time."""
    rows = read_moment(experiment.store, Moment(experiment.moment), also=experiment.pk)
    own, others = [], []
    for run in rows.experiments:
        if run.experiment.pk == experiment.pk:
            own.append(run)
        else:
            others.append(run)
    pairs = None
    if rows.pairs is not None:
        pairs = store_pairs(rows.pairs)
    test = as_running(experiment, own, offer_configurations(rows.offers), pairs)
    return Running(test, served_of(replace(rows, experiments=others), experiment.moment))


def as_running(
    experiment: Experiment,
    saved: Sequence[ExperimentRows],
    offers: dict[int, OfferConfiguration],
    pairs: StorePairs | None,
) -> ExperimentConfiguration:
    """Return the test as the edge would hold it while it runs; ``saved`` are its rows, none where it isn't saved."""
    variants, widgets = [], {}
    for rows in saved:
        variants = rows.variants
        rows.experiment = experiment  # as it is now, saved or not
        widgets = widget_configurations(rows, offers, experiment.store)
    return replace(
        experiment_configuration(experiment, variants, widgets, pairs),
        id=experiment.pk or NEW_TEST,
        is_paused=False,
        starts_at=None,
        ends_at=None,
        traffic_share=experiment.traffic_share,
    )


def pairs_of(store: Store) -> StorePairs:
    """Return the store's pairs as they are now."""
    return pairs_of_store(store.pk)


def pairs_of_store(store_id: int) -> StorePairs:
    """Return the pairs of the store with this row ID as they are now."""
    return store_pairs(read_pairs([store_id])[store_id])


def served_at(store: Store, moment: Moment, *, without: int) -> list[ExperimentConfiguration]:
    """Return what the store's edge serves at the moment, in the order in which it is asked, but for one test."""
    served = served_of(read_moment(store, moment), moment)
    return [experiment for experiment in served if experiment.id != without]


def served_of(rows: StoreRows, moment: str) -> list[ExperimentConfiguration]:
    """Return what is served at the moment, in the order in which it is asked."""
    configuration = store_of(rows)
    return [*configuration.tests.get(moment, ()), *configuration.rollouts.get(moment, ())]


def described(experiments: Sequence[ExperimentConfiguration]) -> tuple[dict[int, int], dict[int, str]]:
    """Return the experiments' priorities and names, by id."""
    priorities, names = {}, {}
    ids = [experiment.id for experiment in experiments]
    for pk, priority, name in Experiment.objects.filter(pk__in=ids).values_list("pk", "priority", "name"):
        priorities[pk], names[pk] = priority, name
    return priorities, names


def placed(
    test: ExperimentConfiguration,
    priority: int,
    others: Sequence[ExperimentConfiguration],
    priorities: Mapping[int, int],
) -> list[ExperimentConfiguration]:
    """Return all in the order in which the edge asks them: tests by priority, then by age, then rolled-out winners."""
    ranks = []
    for other in others:
        rank: float = -priorities[other.id]
        if other.rolled_out is not None:
            rank = inf
        ranks.append((rank, float(other.id)))
    place = bisect(ranks, (-priority, test.id or inf))
    return [*others[:place], test, *others[place:]]
