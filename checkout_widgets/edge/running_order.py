"""Where a test stands, or would stand, among those that are asked at its moment."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf

from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.edge.loading import experiment_configuration, store_of
from checkout_widgets.edge.offers import load_offers, widget_configurations
from checkout_widgets.edge.pairs import StorePairs, store_pairs
from checkout_widgets.edge.rows import offers_shown_in, read_experiments, read_moment, read_pairs
from experiments.models import Experiment, Moment, Store

NEW_TEST = 0  # in place of the id of a test that isn't saved


def configured(experiment: Experiment) -> ExperimentConfiguration:
    """Return the test as the edge would hold it while it runs."""
    saved = Experiment.objects.filter(pk=experiment.pk)
    offers = load_offers(offers_shown_in(saved))
    variants, widgets = [], {}
    for rows in read_experiments(saved):
        variants = rows.variants
        rows.experiment = experiment  # as it is now, saved or not
        widgets = widget_configurations(rows, offers, experiment.store)
    pairs = None
    if any(offer.pairing for offer in offers.values()):
        pairs = pairs_of(experiment.store)
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
    return store_pairs(read_pairs([store.pk])[store.pk])


def served_at(store: Store, moment: Moment, *, without: int) -> list[ExperimentConfiguration]:
    """Return what the store's edge serves at the moment, in the order in which it is asked, but for one test."""
    configuration = store_of(read_moment(store, moment))
    served = [*configuration.tests.get(moment, ()), *configuration.rollouts.get(moment, ())]
    return [experiment for experiment in served if experiment.id != without]


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
