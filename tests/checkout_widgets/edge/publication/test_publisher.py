"""What is published: each change, of changed stores alone, by one process."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from checkout_widgets.edge import loading
from checkout_widgets.edge.previews.shown import note_preview
from checkout_widgets.edge.publication import publisher as publishers
from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.index import unseal_index
from checkout_widgets.edge.publication.publisher import LOOK_EVERY_S, Publisher, PublisherThread
from checkout_widgets.models import ConfigurationVersion, Offer, Product
from experiments.models import Experiment, Status, Store
from tests import factories
from tests.checkout_widgets.edge.publication.conftest import LONG_AGO
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WITHIN_S = 10


def documents(folder: ConfigurationFolder) -> set[str]:
    return {f"stores/{file.name}" for file in (folder.path / "stores").iterdir()}


def names(index) -> set[str]:
    return {store.file_name for store in index.stores}


def test_first_publication_has_a_document_for_each_store(publisher, folder):
    stores = [factories.make_live_experiment().store, factories.make_store()]
    index = publisher.publish_changes(LONG_AGO)
    assert set(index.by_id()) == {store.pk for store in stores}
    assert index.version == loading.current_version()
    assert names(index) == documents(folder)
    assert unseal_index(folder.read_index().sealed) == (index, True)


def test_change_of_a_store_writes_its_document_alone(publisher, folder, django_assert_max_num_queries):
    changed, kept = (factories.make_live_experiment().store for _ in range(2))
    first = publisher.publish_changes(LONG_AGO)
    Store.objects.filter(pk=changed.pk).update(max_offers_per_day=9)
    with django_assert_max_num_queries(21):
        second = publisher.publish_changes(LONG_AGO + MINUTE)
    assert second.serial > first.serial
    assert second.version > first.version
    assert second.by_id()[kept.pk] == first.by_id()[kept.pk]
    assert second.by_id()[changed.pk].file_name != first.by_id()[changed.pk].file_name
    assert len(documents(folder)) == 3


def test_without_a_change_one_query_and_no_file(publisher, folder, django_assert_num_queries):
    experiment = factories.make_live_experiment()
    draft = factories.make_live_experiment(experiment.store, status=Status.DRAFT)
    index = publisher.publish_changes(LONG_AGO)
    Experiment.objects.filter(pk=draft.pk).update(priority=9)
    note_preview(draft.pk, factories.NOON)
    Experiment.objects.update(hypothesis="Other")
    with django_assert_num_queries(1):
        assert publisher.publish_changes(LONG_AGO + timedelta(seconds=59)) is index


def test_index_is_confirmed_every_minute_without_a_query_more(publisher, django_assert_num_queries):
    factories.make_live_experiment()
    first = publisher.publish_changes(LONG_AGO)
    with django_assert_num_queries(1):
        second = publisher.publish_changes(LONG_AGO + MINUTE)
    assert (second.stores, second.version) == (first.stores, first.version)
    assert second.published_at - first.published_at == MINUTE
    assert second.serial > first.serial


def test_deleted_store_is_published_no_more(publisher):
    gone, kept = factories.make_store(), factories.make_store()
    publisher.publish_changes(LONG_AGO)
    gone.delete()
    assert set(publisher.publish_changes(LONG_AGO + MINUTE).by_id()) == {kept.pk}


def test_next_worker_goes_on_where_the_last_one_ended(publisher, folder):
    store = factories.make_live_experiment().store
    first = publisher.publish_changes(LONG_AGO)
    Product.objects.update(stock=3)  # while no worker runs
    second = Publisher(folder).publish_changes(LONG_AGO)  # and the clock hasn't moved
    third = Publisher(folder).publish_changes(LONG_AGO)
    assert first.serial < second.serial < third.serial
    assert first.stores != second.stores
    assert second.stores == third.stores
    assert set(second.by_id()) == {store.pk}


def test_older_copy_of_the_database_is_published_as_the_newest(publisher, folder):
    factories.make_live_experiment()
    first = publisher.publish_changes(LONG_AGO)
    ConfigurationVersion.objects.update(version=1)
    Offer.objects.update(price_minor=1)
    ConfigurationVersion.objects.update(version=1)
    second = publisher.publish_changes(LONG_AGO)
    assert (second.version, second.serial > first.serial) == (1, True)
    assert second.stores != first.stores


def test_replaced_key_seals_everything_anew(publisher, folder, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old" * 12, []
    factories.make_live_experiment()
    first = publisher.publish_changes(LONG_AGO)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 12, ["old" * 12]
    second = Publisher(folder).publish_changes(LONG_AGO)
    assert second.serial > first.serial
    assert not names(first) & names(second)
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal_index(folder.read_index().sealed) == (second, True)


def test_document_that_somebody_deleted_is_written_again(publisher, folder):
    factories.make_live_experiment()
    [store] = publisher.publish_changes(LONG_AGO).stores
    (folder.path / store.file_name).unlink()
    assert names(Publisher(folder).publish_changes(LONG_AGO)) == documents(folder)


def test_store_that_is_too_large_costs_no_other_and_keeps_what_it_had(publisher, monkeypatch, caplog):
    large, small = factories.make_live_experiment().store, factories.make_live_experiment().store
    first = publisher.publish_changes(LONG_AGO)
    monkeypatch.setattr(publishers, "MAX_DOCUMENT_BYTES", 6_000)
    Store.objects.filter(pk=large.pk).update(allowed_origins=["https://shop.example/" + "x" * 150] * 40)
    Store.objects.filter(pk=small.pk).update(max_offers_per_day=1)
    second = publisher.publish_changes(LONG_AGO + MINUTE)
    assert second.by_id()[large.pk] == first.by_id()[large.pk]
    assert second.by_id()[small.pk] != first.by_id()[small.pk]
    assert f"The configuration of store {large.slug} has" in caplog.text


def serial_in(folder: ConfigurationFolder) -> int:
    file = folder.read_index()
    assert file is not None
    return unseal_index(file.sealed)[0].serial


@pytest.mark.django_db(transaction=True)
def test_thread_publishes_again_after_an_outage_and_says_both_once(folder, monkeypatch, caplog):
    factories.make_live_experiment()
    before = datetime.now(UTC)
    thread = PublisherThread(folder)
    thread.start()
    try:
        wait_until((folder.path / "index").exists, WITHIN_S)
        with monkeypatch.context() as outage:
            calls: list[int] = []

            def fail() -> int:
                calls.append(1)
                raise OperationalError("the server closed the connection unexpectedly")

            outage.setattr(loading, "current_version", fail)
            wait_until(lambda: len(calls) >= 3, WITHIN_S)
        serial = serial_in(folder)
        Offer.objects.update(price_minor=1)
        wait_until(lambda: serial_in(folder) > serial, WITHIN_S)
        wait_until(lambda: len(caplog.messages) >= 2, WITHIN_S)
    finally:
        thread.stop()
    assert [message[:31] for message in caplog.messages] == [
        "The configuration can't be publ",
        "The configuration is published ",
    ]
    assert datetime.now(UTC) - before < timedelta(seconds=10)
    assert not any(one.name == "configuration-publisher" for one in threading.enumerate())
    assert LOOK_EVERY_S == 0.5
