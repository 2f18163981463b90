"""What the playbook finds and shows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from dashboard.playbook.entries import Playbook, PlaybookFilter, Result
from dashboard.templatetags.highlighting import highlighted
from experiments.models import Decision, Experiment, Moment, Snapshot, Source, Status, Store
from experiments.report import CorrectedEstimate, FinalEstimate, Range
from experiments.snapshots import analyse
from tests import factories
from tests.dashboard.report.reports import make_result
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def conclude(store: Store, **fields) -> Experiment:
    defaults: dict[str, Any] = {"status": Status.CONCLUDED, "ended_at": NOON, "decision": Decision.KEEP_CONTROL}
    return factories.make_experiment(store, **defaults | fields)


def found(store: Store, query: str = "") -> list[str]:
    book = Playbook(factories.make_user(store), None, PlaybookFilter.from_query(QueryDict(query)))
    return [entry.experiment.name for entry in book.entries]


@pytest.fixture
def store(db) -> Store:
    store = factories.make_store()
    conclude(
        store,
        name="Care balm beside boots",
        moment=Moment.CART,
        hypothesis="Buyers of boots want to keep them waterproof.",
        learning="Accessories sell when the reason is printed next to them.",
        ended_at=NOON - timedelta(days=2),
    )
    conclude(
        store,
        name="Insurance at delivery",
        moment=Moment.SHIPPING,
        decision=Decision.ROLL_OUT,
        learning="Nobody reads about boots while paying.",
    )
    conclude(store, name="Leftover", status=Status.ARCHIVED, decision="", ended_at=None, moment=Moment.PAYMENT)
    factories.make_experiment(store, name="Still running", learning="boots")
    factories.make_experiment(store, name="Stopped", status=Status.STOPPED)
    conclude(store, name="Holdout", source=Source.HOLDOUT)
    conclude(factories.make_store(), name="Foreign boots")
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Insurance at delivery", "Care balm beside boots", "Leftover"]),
        ("q=boots", ["Care balm beside boots", "Insurance at delivery"]),
        ("q=boot", ["Care balm beside boots", "Insurance at delivery"]),
        ("q=boots+-paying", ["Care balm beside boots"]),
        ('q="printed+next"', ["Care balm beside boots"]),
        ("q=insur", ["Insurance at delivery"]),
        ("q=%27%3A%26%00(", []),
        ("moment=shipping", ["Insurance at delivery"]),
        ("decision=keep_control", ["Care balm beside boots"]),
        ("decision=undecided", ["Leftover"]),
        ("decision=bogus&moment=bogus", ["Insurance at delivery", "Care balm beside boots", "Leftover"]),
    ],
)
def test_playbook_finds_what_is_looked_for(store, query, expected):
    assert found(store, query) == expected


def test_words_found_are_marked_and_markup_in_them_is_not():
    store = factories.make_store()
    conclude(store, name="Boots", learning="<b>Boots</b> sell & last")
    (entry,) = Playbook(factories.make_user(store), store, PlaybookFilter(text="boots")).entries
    assert highlighted(entry.texts["learning"]) == "&lt;b&gt;<mark>Boots</mark>&lt;/b&gt; sell &amp; last"
    (entry,) = Playbook(factories.make_user(store), store, PlaybookFilter()).entries
    assert highlighted(entry.texts["learning"]) == "&lt;b&gt;Boots&lt;/b&gt; sell &amp; last"


@pytest.mark.slow
def test_result_is_the_newest_stored_one():
    store = factories.make_store()
    experiment = conclude(store)
    for variant, revenue_minor in (("control", 900), ("treatment", 1_800)):
        for _ in range(40):
            factories.make_exposure(
                experiment.variants.get(key=variant), orders=1, has_converted=True, revenue_minor=revenue_minor, items=1
            )
    report = analyse(experiment)
    Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=report.as_json())
    Snapshot.objects.create(experiment=experiment, taken_at=NOON - timedelta(days=1), report={"old": "shape"})
    (entry,) = Playbook(factories.make_user(store), store, PlaybookFilter()).entries
    assert entry.report is not None
    assert entry.report.visitors == 80
    (result,) = entry.results
    assert result.name == "Treatment"
    assert result.metric.treatment.value == 1_800


def test_report_in_an_unknown_shape_is_as_if_there_were_none():
    store = factories.make_store()
    Snapshot.objects.create(experiment=conclude(store), taken_at=NOON, report={"verdict": 7})
    (entry,) = Playbook(factories.make_user(store), store, PlaybookFilter()).entries
    assert entry.report is None
    assert entry.results == []


def test_page_takes_at_most_ten_queries(client, django_assert_max_num_queries):
    store = factories.make_store()
    for _ in range(6):
        factories.make_widget(conclude(store).variants.get(key="treatment"))
    client.force_login(factories.make_user(store))
    with django_assert_max_num_queries(10):
        page = client.get("/playbook/").content.decode()
    assert page.count("Goes well with tea") == 6


def test_htmx_gets_the_entries_alone(client, store):
    client.force_login(factories.make_user(store))
    response = client.get("/playbook/", {"q": "boots", "decision": ""}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text
    assert "<mark>boots</mark>" in text
    assert response["HX-Push-Url"] == "/playbook/?q=boots"


def test_empty_playbook_says_how_it_begins(client):
    client.force_login(factories.make_user(factories.make_store()))
    assert "No finished tests yet" in client.get("/playbook/").content.decode()
    assert "No finished tests found" in client.get("/playbook/?q=x").content.decode()


def test_foreign_store_is_not_found(client):
    client.force_login(factories.make_user(factories.make_store()))
    factories.make_store(slug="foreign")
    assert client.get("/playbook/?store=foreign").status_code == 404


def store_result(experiment: Experiment, *, extra_minor: int) -> None:
    """Store a report after 40 buyers a variant, where the treatment's spend ``extra_minor`` more."""
    for key, more in (("control", 0), ("treatment", extra_minor)):
        for number in range(40):
            factories.make_exposure(
                experiment.variants.get(key=key),
                orders=1,
                has_converted=True,
                revenue_minor=1_000 + 10 * number + more,
                items=1,
            )
    Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=analyse(experiment).as_json())


@pytest.mark.slow
def test_effects_of_a_moment_stand_side_by_side():
    store = factories.make_store()
    for extra_minor in (0, 239):
        store_result(conclude(store, name=f"Extra {extra_minor}"), extra_minor=extra_minor)
    conclude(store, moment=Moment.PAYMENT)
    user = factories.make_user(store)
    forest = Playbook(user, None, PlaybookFilter(moment="cart"), compared=store).forest
    assert forest is not None
    lifts = {row.experiment.name: row.measured.estimate for row in forest.rows if row.measured}
    assert lifts == {"Extra 0": pytest.approx(0, abs=1e-9), "Extra 239": pytest.approx(0.2, abs=0.001)}
    assert forest.mean_mark is None
    assert Playbook(user, None, PlaybookFilter(moment="payment"), compared=store).forest is None
    assert Playbook(user, None, PlaybookFilter(), compared=store).forest is None


@pytest.mark.slow
def test_likely_effect_is_nearer_to_none_than_the_measured_one():
    store = factories.make_store()
    store_result(conclude(store), extra_minor=239)
    forest = Playbook(factories.make_user(store), None, PlaybookFilter(moment="cart"), compared=store).forest
    assert forest is not None
    (row,) = forest.rows
    assert row.measured is not None
    assert row.shrunk is not None
    assert 0 < row.shrunk.estimate < row.measured.estimate


@pytest.mark.slow
def test_effects_are_on_the_page_of_a_member_of_one_store(client):
    store = factories.make_store()
    store_result(conclude(store), extra_minor=239)
    client.force_login(factories.make_user(store))
    assert "All past tests: Cart" in client.get("/playbook/?moment=cart").content.decode()
    assert "Past tests" in client.get("/moments/").content.decode()


def test_result_is_shown_corrected_for_luck_beside_what_was_measured():
    corrected = CorrectedEstimate(
        control=4.0,
        treatment=4.4,
        lift=Range(0.10, 0.01, 0.2),
        difference=Range(0.4, 0.04, 0.8),
        past_tests=3,
        chance_of_more=0.2,
        is_contradicted=False,
    )
    measured = make_result("rpv", lift=Range(0.30, 0.1, 0.5))
    before = Result("B", measured, None)
    final = replace(FinalEstimate.of(measured.main), lift=corrected.lift, is_corrected=True)
    after = Result("B", replace(measured, corrected=corrected, final=final), None)
    assert (before.lift, before.measured) == (measured.main.lift, None)
    assert (after.lift, after.measured) == (corrected.lift, measured.main.lift)
