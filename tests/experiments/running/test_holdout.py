"""Each store's holdout has one experiment that follows its share."""

import pytest

from experiments.assignment.allocation import is_held_out
from experiments.models import Experiment, Exposure, Source, Status, Store
from experiments.running import holdout
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def begin(store: Store) -> Experiment:
    experiment = holdout.sync_holdout(store, NOON)
    assert experiment is not None
    return experiment


def test_sync_holdout_makes_one_experiment_with_the_shares_as_weights():
    store = factories.make_store(holdout_share=0.05)
    experiment = begin(store)
    assert holdout.sync_holdout(store, NOON) == experiment
    assert (experiment.key, experiment.status, experiment.source) == ("holdout", Status.RUNNING, Source.HOLDOUT)
    control, treatment = experiment.variants.all()
    assert (control.key, control.is_control, control.weight) == ("held-out", True, 500)
    assert (treatment.key, treatment.weight) == ("offers", 9_500)


@pytest.mark.parametrize("share", [0, 1])
def test_sync_holdout_compares_nobody_with_everybody_never(share):
    store = factories.make_store(holdout_share=share)
    assert holdout.sync_holdout(store, NOON) is None
    assert not store.experiments.exists()


@pytest.mark.parametrize(("share", "held_out"), [(0.00001, 1), (0.99999, 9_999), (0.123, 1_230)])
def test_weights_of_a_tiny_share_are_never_nothing(share, held_out):
    assert holdout.weights(share) == {"held-out": held_out, "offers": 10_000 - held_out}


def test_sync_holdout_begins_anew_where_the_share_has_changed_and_keeps_the_old_results():
    store = factories.make_store(holdout_share=0.05)
    old = begin(store)
    factories.make_exposure(old.variants.get(key="offers"))
    store.holdout_share = 0.1
    store.save()
    new = begin(store)
    old.refresh_from_db()
    assert (new.key, new.variants.get(key="held-out").weight) == ("holdout", 1_000)
    assert (old.key, old.status, old.ended_at) == ("holdout-until-2026-11-02", Status.STOPPED, NOON)
    assert Exposure.objects.get().experiment == old
    factories.make_exposure(new.variants.get(key="offers"))
    Store.objects.update(holdout_share=0)
    assert holdout.sync_holdout(store, NOON) is None
    new.refresh_from_db()
    assert (new.key, new.status) == ("holdout-until-2026-11-02-2", Status.STOPPED)


def test_sync_holdout_leaves_nothing_of_a_holdout_that_nobody_saw():
    store = factories.make_store(holdout_share=0.05)
    holdout.sync_holdout(store, NOON)
    Store.objects.update(holdout_share=0)
    holdout.sync_holdout(store, NOON)
    assert not store.experiments.exists()


def test_sync_holdout_gives_way_to_a_test_of_the_same_key():
    store = factories.make_store(holdout_share=0.05)
    factories.make_experiment(store, key="holdout")
    assert begin(store).key == "holdout-2"


def test_keep_all_up_sees_to_every_store():
    begun, over, without = (factories.make_store(holdout_share=share) for share in (0.1, 0.2, 0))
    holdout.sync_holdout(over, NOON)
    Store.objects.filter(pk=over.pk).update(holdout_share=0)
    holdout.sync_all_holdouts(NOON)
    assert begun.experiments.get().key == "holdout"
    assert not over.experiments.exists()
    assert not without.experiments.exists()


def test_holdout_is_none_of_the_tests():
    store = factories.make_store(holdout_share=0.05)
    begun = begin(store)
    test = factories.make_experiment(store)
    assert list(Experiment.objects.all()) == list(Experiment.objects.running()) == [test]
    assert set(Experiment.with_holdouts.all()) == set(store.experiments.all()) == {begun, test}


def test_holdout_of_an_order_is_its_visitors_or_unknown():
    store = factories.make_store(holdout_share=0.5)
    held = [is_held_out(store.slug, f"v_{number}", 0.5) for number in range(20)]
    assert {*held} == {True, False}
    for number, is_out in enumerate(held):
        assert holdout.holdout_of_order(factories.make_order(store, visitor_id=f"v_{number}")) is is_out
        assert holdout.holdout_of_order(factories.make_order(store, linked_visitor_id=f"v_{number}")) is is_out
    assert holdout.holdout_of_order(factories.make_order(store)) is None


def test_sync_holdout_leaves_a_holdout_of_customers_alone():
    store = factories.make_store(holdout_share=0)
    of_messages = factories.make_customer_experiment(store, source=Source.HOLDOUT)
    assert holdout.sync_holdout(store, NOON) is None
    of_messages.refresh_from_db()
    assert of_messages.status == Status.RUNNING
