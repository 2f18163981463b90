"""A refresh loads the stores that changed and no other, and nothing for what the edge doesn't hold."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F

from checkout_widgets.edge import live_configuration, loading
from checkout_widgets.edge.previews.shown import note_preview
from checkout_widgets.models import ConfigurationVersion, OfferItem, Widget
from experiments.models import Experiment, Status, Store
from tests import factories
from tests.checkout_widgets.edge.configuration_changes import CHANGES


def draft_of(store: Store) -> Experiment:
    return factories.make_live_experiment(store, status=Status.DRAFT, started_at=None)


def running_beside(draft: Experiment) -> Experiment:
    return Experiment.objects.get(store=draft.store, status=Status.RUNNING)


UNSEEN: dict[str, Callable[[Experiment], object]] = {
    "preview": lambda draft: note_preview(draft.pk, factories.NOON),
    "preview of a running test": lambda draft: note_preview(running_beside(draft).pk, factories.NOON),
    "draft": lambda draft: Experiment.objects.filter(pk=draft.pk).update(priority=9, targeting={"all": []}),
    "variant": lambda draft: draft.variants.update(weight=9),
    "widget": lambda draft: Widget.objects.filter(variant__experiment=draft).update(headline="Other"),
    "new draft": lambda draft: factories.make_experiment(draft.store, status=Status.DRAFT),
    "words of a running test": lambda draft: Experiment.objects.update(hypothesis="Other", cap_minor=5),
    "saved unchanged": lambda draft: running_beside(draft).save(),
    "deleted draft": lambda draft: draft.delete(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", UNSEEN)
def test_what_the_edge_does_not_hold_moves_nothing(change):
    store = factories.make_store()
    factories.make_live_experiment(store)
    draft = draft_of(store)
    before = loading.current_version()
    UNSEEN[change](draft)
    assert loading.current_version() == before


@pytest.mark.django_db
def test_launched_draft_comes_with_what_was_edited_before():
    store = factories.make_store()
    draft = draft_of(store)
    live_configuration.refresh()
    Widget.objects.update(headline="Edited")
    Experiment.objects.filter(pk=draft.pk).update(status=Status.RUNNING)
    widget = live_configuration.refresh().by_site_key[store.site_key].tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.copy[""]["headline"] == "Edited"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_change_of_a_store_loads_that_store_alone_and_says_the_same_as_all(change, django_assert_max_num_queries):
    experiment = factories.make_live_experiment()
    before = live_configuration.refresh()
    CHANGES[change]()  # the only store there is
    other = factories.make_live_experiment(factories.make_store()).store
    first = live_configuration.refresh()
    Store.objects.filter(pk=experiment.store_id).update(max_offers_per_day=9)
    with django_assert_max_num_queries(22):
        second = live_configuration.refresh()
    assert before.by_site_key[experiment.store.site_key] is not first.by_site_key[experiment.store.site_key]
    assert second.by_site_key[other.site_key] is first.by_site_key[other.site_key]
    assert second.by_site_key[experiment.store.site_key].max_offers_per_day == 9
    whole = loading.load()
    assert repr(second.by_site_key[experiment.store.site_key].tests.keys()) == repr(
        whole.by_site_key[experiment.store.site_key].tests.keys()
    )
    assert (second.version, second.origins, set(second.by_secret)) == (
        whole.version,
        whole.origins,
        set(whole.by_secret),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_deleted_store_and_replaced_site_key_disappear():
    gone, renamed, kept = (factories.make_live_experiment().store for _ in range(3))
    before = live_configuration.refresh()
    Widget.objects.filter(variant__experiment__store=gone).delete()
    OfferItem.objects.filter(offer__store=gone).delete()
    gone.delete()
    Store.objects.filter(pk=renamed.pk).update(site_key="pk_new")
    after = live_configuration.refresh()
    assert set(after.by_site_key) == {"pk_new", kept.site_key}
    assert len(after.by_secret) == 2
    assert after.by_site_key[kept.site_key] is before.by_site_key[kept.site_key]


@pytest.mark.django_db
def test_emptied_table_and_a_count_without_stores_load_everything():
    store = factories.make_live_experiment().store
    before = live_configuration.refresh().by_site_key[store.site_key]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE checkout_widgets_offertier")
    after = live_configuration.refresh().by_site_key[store.site_key]
    assert after is not before
    ConfigurationVersion.objects.update(version=F("version") + 1)  # as the release before counts
    assert live_configuration.refresh().by_site_key[store.site_key] is not after
