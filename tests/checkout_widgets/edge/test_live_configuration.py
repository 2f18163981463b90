"""The configuration in memory: complete, cheap to load, and never far behind the database."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.test import override_settings

from checkout_widgets.edge import live_configuration, loading
from checkout_widgets.edge.configuration import ComparisonTable
from checkout_widgets.edge.preview import note_preview
from checkout_widgets.edge.publication.folder import ConfigurationFolder, Unreadable
from checkout_widgets.edge.publication.follower import Refused
from checkout_widgets.edge.publication.publisher import Publisher, PublisherThread
from checkout_widgets.models import Acceptance, ConfigurationVersion, Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import Experiment, Source, Status, Store, Variant
from tests import factories


def wait_until(condition, seconds: float = 2.0) -> float:
    """How long it took until the condition held; fails after ``seconds``."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "not within the time allowed"
        time.sleep(0.01)
    return time.monotonic() - start


@pytest.fixture
def following() -> Iterator[None]:
    """With the thread, as in production."""
    with override_settings(EDGE_POLL_SECONDS=0.5):
        yield
        live_configuration.forget()


@pytest.mark.django_db
def test_load_makes_the_same_queries_however_many_stores(django_assert_num_queries):
    factories.make_live_experiment()
    with django_assert_num_queries(12):  # 10 and a savepoint
        loading.load()
    for _ in range(5):
        store = factories.make_store()
        for _ in range(3):
            factories.make_live_experiment(store)
    with django_assert_num_queries(12):
        configuration = loading.load()
    assert len(configuration.by_site_key) == 6


@pytest.mark.django_db
def test_load_takes_what_is_live_and_nothing_else():
    store = factories.make_store()
    for status in Status:
        factories.make_live_experiment(store, key=status.value, status=status)
    factories.make_live_experiment(store, key="imported", source=Source.IMPORTED)
    tests = loading.load().by_site_key[store.site_key].tests["cart"]
    assert {experiment.key for experiment in tests} == {"running", "paused"}


@pytest.mark.django_db
def test_load_limited_offer_counts_what_was_accepted():
    experiment = factories.make_live_experiment()
    Offer.objects.update(stock_limit=3)
    offer = Offer.objects.get()
    for number in range(2):
        Acceptance.objects.create(
            store=experiment.store,
            jti=f"00000000-0000-4000-8000-00000000000{number}",
            idempotency_key=str(number),
            visitor_id="v",
            offer=offer,
            total_minor=1,
            lines=[],
            accepted_at=factories.NOON,
            expires_at=factories.NOON,
        )
    [loaded] = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].offers
    assert loaded.stock == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product", "quantity", "limit", "stock"),
    [
        ({"stock": None}, 1, None, None),
        ({"stock": 10}, 3, None, 3),
        ({"stock": 50}, 1, 2, 2),
        ({"stock": None}, 1, 4, 4),
        ({"stock": None, "is_active": False}, 1, None, 0),
    ],
)
def test_load_stock_is_how_often_the_offer_can_be_had(product, quantity, limit, stock):
    experiment = factories.make_live_experiment()
    Product.objects.update(**product)
    OfferItem.objects.update(quantity=quantity)
    Offer.objects.update(stock_limit=limit)
    [loaded] = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].offers
    assert loaded.stock == stock


@pytest.mark.django_db
def test_load_bad_translations_and_theme_are_left_out():
    experiment = factories.make_live_experiment()
    Widget.objects.update(theme=["red"], translations={"de": {"headline": "Passt", "body": 7}, "fr": "Bonjour"})
    store = loading.load().by_site_key[experiment.store.site_key]
    widget = store.tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.theme == {}
    assert widget.copy["de"]["headline"] == "Passt"
    assert widget.copy["de"]["body"] == ""
    assert widget.copy["fr"] == widget.copy[""]


@pytest.mark.django_db
def test_load_widget_has_tiers_comparisons_and_what_its_store_says():
    store = factories.make_store(timezone="Europe/Berlin", free_shipping_minor=5000)
    experiment = factories.make_live_experiment(store)
    offer = Offer.objects.get()
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=1800)
    rows = [{"label": "Battery", "values": ["20 h", "38 h"]}]
    Widget.objects.update(
        phone_layout="line",
        comparison={"columns": ["Standard", "Pro"], "rows": rows},
        translations={"DE": {"comparison": {"rows": rows}}, "fr": {"comparison": {"rows": [{"label": 1}]}}},
    )
    widget = loading.load().by_site_key[experiment.store.site_key].tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.offer.tiers == {2: 1800}
    assert (widget.phone_layout, str(widget.timezone), widget.free_shipping_minor) == ("line", "Europe/Berlin", 5000)
    assert widget.comparisons == {
        "": ComparisonTable(("Standard", "Pro"), (("Battery", "20 h", "38 h"),)),
        "de": ComparisonTable(("", ""), (("Battery", "20 h", "38 h"),)),
    }


@pytest.mark.django_db
def test_load_timezone_that_nobody_knows_is_utc():
    store = factories.make_store(timezone="Mars/Olympus")
    factories.make_live_experiment(store)
    widget = loading.load().by_site_key[store.site_key].tests["cart"][0].variants["treatment"].widget
    assert widget is not None
    assert widget.timezone is UTC


@pytest.mark.django_db
def test_tier_change_moves_the_version():
    offer = factories.make_offer(factories.make_store())
    before = loading.current_version()
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=1)
    assert loading.current_version() > before


@pytest.mark.django_db
def test_configuration_never_shows_a_secret():
    store = factories.make_store()
    store.rotate_secret_key()
    text = repr(loading.load())
    assert store.site_key in text
    assert store.secret_key not in text
    assert store.previous_secret_key not in text


CHANGES: dict[str, Callable[[], object]] = {
    "store": lambda: Store.objects.update(allowed_origins=["https://new.example"]),
    "experiment": lambda: Experiment.objects.update(priority=7),
    "tier": lambda: OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1),
    "item": lambda: OfferItem.objects.update(quantity=2),
    "holdout": lambda: factories.make_holdout(Store.objects.get()),
    "deleted widget": lambda: Widget.objects.all().delete(),
    "variant": lambda: Variant.objects.filter(is_control=True).update(weight=3),
    "widget": lambda: Widget.objects.update(headline="Changed"),
    "offer": lambda: Offer.objects.update(price_minor=500),
    "product": lambda: Product.objects.update(stock=0),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_snapshot_change_of_any_kind_is_followed_within_2_seconds(following, change):
    factories.make_live_experiment()
    before = live_configuration.current()
    CHANGES[change]()
    wait_until(lambda: live_configuration.current() is not before)
    assert live_configuration.current().version > before.version


@pytest.mark.django_db(transaction=True)
def test_snapshot_paused_experiment_stops_being_served_within_2_seconds(following, client):
    experiment = factories.make_live_experiment()
    body = {"key": experiment.store.site_key, "visitor_id": "v_1", "moments": ["cart"]}

    def reason() -> str | None:
        answer = client.post("/v1/decide", body, content_type="application/json")
        found: str | None = answer.json()["decisions"][0].get("reason")
        return found

    assert reason() is None
    experiment.status = Status.PAUSED
    experiment.save()
    wait_until(lambda: reason() == "paused")


@pytest.mark.django_db(transaction=True)
def test_snapshot_database_outage_keeps_the_last_one_and_is_survived(following, monkeypatch, caplog):
    factories.make_live_experiment()
    before = live_configuration.current()
    calls = []

    def fail():
        calls.append(1)
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(loading, "current_version", fail)
        wait_until(lambda: len(calls) >= 3)
        assert live_configuration.current() is before
    Offer.objects.update(price_minor=1)
    wait_until(lambda: live_configuration.current().version > before.version)
    wait_until(lambda: len(caplog.messages) >= 2)
    assert [message[:19] for message in caplog.messages] == ["The edge keeps the ", "The edge follows th"]


@pytest.mark.django_db(transaction=True)
def test_snapshot_broken_connection_is_replaced(following):
    factories.make_live_experiment()
    before = live_configuration.current()
    wait_until(lambda: other_connections() == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    Offer.objects.update(price_minor=1)
    wait_until(lambda: live_configuration.current().version > before.version)


@pytest.mark.django_db(transaction=True)
def test_snapshot_forgotten_leaves_no_connection(following):
    live_configuration.current()
    wait_until(lambda: other_connections() == 1)
    live_configuration.forget()
    wait_until(lambda: other_connections() == 0)


def other_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_snapshot_forked_process_starts_with_none(following):
    factories.make_live_experiment()
    live_configuration.current()
    child = os.fork()
    if child == 0:
        inherited = live_configuration._live
        os._exit(0 if inherited.configuration is None and inherited.follower is None else 1)
    assert os.waitpid(child, 0)[1] == 0


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


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_change_of_a_store_loads_that_store_alone_and_says_the_same_as_all(change, django_assert_max_num_queries):
    experiment = factories.make_live_experiment()
    before = live_configuration.refresh()
    CHANGES[change]()  # the only store there is
    other = factories.make_live_experiment(factories.make_store()).store
    first = live_configuration.refresh()
    Store.objects.filter(pk=experiment.store_id).update(max_offers_per_day=9)
    with django_assert_max_num_queries(15):
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


@pytest.fixture
def folder(following, settings, tmp_path, monkeypatch) -> ConfigurationFolder:
    """A folder that the edge follows, in which nothing is published yet."""
    folder = ConfigurationFolder(tmp_path / "published")
    settings.CONFIGURATION_URL = f"file://{folder.path}"
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    return folder


@pytest.fixture
def published(folder) -> Iterator[PublisherThread]:
    """The worker's thread at work, and an edge that follows what it publishes."""
    thread = PublisherThread(folder)
    thread.start()
    wait_until((folder.path / "index").exists, 20)
    live_configuration.forget()
    yield thread
    thread.stop()


@pytest.mark.django_db(transaction=True)
def test_published_change_is_followed_and_asks_no_database(published):
    store = factories.make_live_experiment().store
    assert live_configuration.current() is not None
    Offer.objects.update(price_minor=7)

    def price() -> int | None:
        known = live_configuration.current().by_site_key.get(store.site_key)
        return known.tests["cart"][0].offers[0].price_minor if known and known.tests else None

    wait_until(lambda: price() == 7, 20)  # how soon is measured by bench.followers
    assert other_connections() == 1  # the publisher's


@pytest.mark.django_db(transaction=True)
def test_published_edge_without_a_configuration_answers_503_at_once_and_takes_the_first_that_comes(
    folder, client, caplog
):
    store = factories.make_live_experiment().store
    live_configuration.forget()
    body = {"key": store.site_key, "visitor_id": "v_1", "moments": ["cart"]}

    def status() -> int:
        answer = client.post("/v1/decide", body, content_type="application/json")
        if answer.status_code == 503:
            assert answer["Retry-After"] == "5"
        return int(answer.status_code)

    assert [status(), status()] == [503, 503]
    Publisher(folder).publish_changes(datetime.now(UTC))
    wait_until(lambda: status() == 200, 20)
    messages = [message[:33] for message in caplog.messages if message.startswith("The edge")]
    assert messages == ["The edge has no configuration yet", "The edge follows the configuratio"]


def test_failures_are_logged_once_each_until_they_are_over(caplog):
    live = live_configuration.LiveConfiguration()
    away, changed = Unreadable("It doesn't answer."), Refused("tampered", "It isn't ours.")
    for error in (away, away, changed, changed, away):
        live.note_failure(error)
    live.note_success()
    live.note_success()
    changed.is_known = True  # one of several servers is behind, and the others aren't
    live.note_failure(changed)
    live.note_success()
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "It doesn't answer.",
        "It isn't ours.",
        "It doesn't answer.",
        "",
    ]
