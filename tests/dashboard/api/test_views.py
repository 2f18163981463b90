"""The read API, as the holder of a store's token sees it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from experiments.models import ApiToken, Status
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.api.events import make_event
from tests.dashboard.report.finished import finished_test

pytestmark = pytest.mark.django_db
PATHS = ("experiments/", "experiments/cart-accessory/", "experiments/cart-accessory/report/",
         "experiments/cart-accessory/snapshots/", "events/")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic ZGVtbzpkZW1v", "Bearer \xff"])
def test_call_without_a_token_that_counts_is_refused(experiment, path, header):
    headers = {} if header is None else {"authorization": header}
    answer = Client().get(f"/api/v1/{path}", headers=headers)
    assert answer.status_code == 401
    assert answer["www-authenticate"] == "Bearer"
    assert "detail" in answer.json()


def test_call_with_a_token_switched_off_is_refused(experiment, get):
    ApiToken.objects.update(is_active=False)
    assert get("experiments/").status_code == 401


def test_call_by_a_signed_in_user_without_a_token_is_refused(experiment):
    client = Client()
    client.force_login(factories.make_user(experiment.store))
    assert client.get("/api/v1/experiments/").status_code == 401


def test_token_is_kept_as_a_digest_and_its_use_is_noted(experiment, token, get):
    row = ApiToken.objects.get()
    assert token.startswith(row.start)
    assert token.encode() not in bytes(row.digest)
    assert row.last_used_at is None
    get("experiments/")
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_experiments_are_the_stores_own(experiment, get):
    factories.make_experiment(key="foreign")
    (found,) = get("experiments/").json()["results"]
    assert (found["key"], found["status"], found["served_share"]) == ("cart-accessory", "running", 1.0)
    assert [variant["key"] for variant in found["variants"]] == ["control", "treatment"]
    assert "salt" not in found


@pytest.mark.parametrize("path", ["", "report/", "snapshots/"])
def test_another_stores_test_is_not_found(experiment, get, path):
    factories.make_experiment(key="foreign")
    assert get(f"experiments/foreign/{path}").status_code == 404


def test_another_tests_snapshot_is_not_found(experiment, get):
    own, foreign = take_snapshot(experiment), take_snapshot(factories.make_experiment())
    assert get(f"experiments/cart-accessory/snapshots/{own.pk}/").status_code == 200
    assert get(f"experiments/cart-accessory/snapshots/{foreign.pk}/").status_code == 404


def test_experiments_are_filtered_and_paged(experiment, get):
    for number in range(3):
        factories.make_experiment(experiment.store, key=f"draft-{number}", status=Status.DRAFT)
    page = get("experiments/", status="draft", page_size=2).json()
    assert [found["key"] for found in page["results"]] == ["draft-2", "draft-1"]
    cursor = page["next"].partition("cursor=")[2].partition("&")[0].replace("%3D", "=")
    page = get("experiments/", status="draft", page_size=2, cursor=cursor).json()
    assert ([found["key"] for found in page["results"]], page["next"]) == (["draft-0"], None)


def test_list_takes_the_same_number_of_queries_however_long_it_is(experiment, get, django_assert_max_num_queries):
    for _ in range(20):
        factories.make_experiment(experiment.store)
    with django_assert_max_num_queries(5):
        assert len(get("experiments/").json()["results"]) == 21


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("experiments/", {"status": "nonsense"}, "status"),
        ("experiments/", {"moment": "\x00"}, "moment"),
        ("events/", {"since": "yesterday"}, "since"),
        ("events/", {"until": "9999-99-99"}, "until"),
        ("events/", {"type": "nonsense"}, "type"),
        ("events/", {"experiment": "no such key"}, "experiment"),
    ],
)
def test_parameter_that_cant_be_read_is_named(get, path, query, field):
    answer = get(path, **query)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_report_and_snapshot_are_what_the_analysis_says(experiment, get):
    factories.make_exposure(experiment.variants.get(key="control"))
    snapshot = take_snapshot(experiment, is_look=True)
    assert get("experiments/cart-accessory/report/").json()["visitors"] == 1
    (listed,) = get("experiments/cart-accessory/snapshots/").json()["results"]
    assert (listed["id"], listed["is_look"]) == (snapshot.pk, True)
    assert get(f"experiments/cart-accessory/snapshots/{snapshot.pk}/").json() == snapshot.report


def test_events_come_in_order_from_the_window_that_is_asked_for(experiment, get):
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    received = [noon + timedelta(hours=hour) for hour in (0, 1, 2, 3)]
    ids = [UUID(int=10 - number) for number in range(4)]
    for event_id, at in zip(ids, received, strict=True):
        make_event(experiment, event_id=event_id, received_at=at)
    make_event(factories.make_experiment(), received_at=received[1])
    query = {"since": "2026-11-02T13:00:00Z", "until": "2026-11-02T15:00:00Z"}
    found = get("events/", **query).json()["results"]
    assert [event["event_id"] for event in found] == [str(ids[1]), str(ids[2])]
    assert found[0]["experiment"] == "cart-accessory"
    assert get("events/", type="accept", **query).json()["results"] == []
    assert len(get("events/", experiment="cart-accessory", **query).json()["results"]) == 2
    assert get("events/", experiment="foreign", **query).status_code == 404
    assert get("events/").json()["results"] == []
    assert get("events/", until="0001-01-01T00:00:00Z").json()["results"] == []


def test_schema_is_openapi_31_with_the_reports_shape():
    schema = Client().get("/api/v1/schema/").json()
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["schemas"]["Report"]["properties"]["visitors"]["type"] == "integer"
    assert schema["components"]["securitySchemes"]["storeToken"]["scheme"] == "bearer"


def test_a_token_reads_its_own_store_alone(experiment):
    other = factories.make_store()
    client = Client(headers={"authorization": f"Bearer {make_token(other)}"})
    assert client.get("/api/v1/experiments/").json()["results"] == []
    assert client.get("/api/v1/experiments/cart-accessory/").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "experiments", "nothing/", "experiments/cart-accessory/snapshots/x/", "experiments/a.b/"]
)
def test_other_addresses_are_not_found_in_json(experiment, get, path):
    answer = get(path)
    assert answer.status_code == 404
    assert answer["content-type"] == "application/json"


@pytest.mark.slow
def test_snapshot_with_an_endless_number_is_not_found(experiment, get):
    assert get(f"experiments/cart-accessory/snapshots/{'9' * 5000}/").status_code == 404


@pytest.mark.parametrize("path", ["experiments/", "experiments/cart-accessory/snapshots/", "events/"])
def test_page_has_1000_rows_at_most(experiment, get, path):
    assert get(path, page_size=1_000).status_code == 200
    answer = get(path, page_size=1_001)
    assert (answer.status_code, list(answer.json())) == (400, ["page_size"])


def test_events_are_of_a_day_unless_the_query_says_since_when(experiment, get):
    until = datetime(2026, 11, 2, 12, tzinfo=UTC)
    kept = make_event(experiment, received_at=until - timedelta(days=1))
    make_event(experiment, received_at=until - timedelta(days=1, microseconds=1))
    make_event(experiment, received_at=until)
    found = get("events/", until="2026-11-02T12:00:00Z").json()["results"]
    assert [event["event_id"] for event in found] == [str(kept.event_id)]


def test_holdout_is_read_like_a_test(experiment, get):
    holdout = factories.make_holdout(experiment.store)
    keys = {row["key"] for row in get("experiments/").json()["results"]}
    assert keys == {"cart-accessory", "holdout"}
    assert get(f"experiments/{holdout.key}/").json()["key"] == "holdout"
    assert get("experiments/holdout/report/").status_code == 200
    assert get("events/", experiment="holdout").status_code == 200


def test_part_of_the_visitors_is_sent_as_its_page_shows_it(get):
    experiment = finished_test(key="cart-accessory")
    ApiToken.objects.update(store=experiment.store)
    part = get("experiments/cart-accessory/part/?segment=device:phone").json()
    assert (part["segments"], part["choices"]) == ([["device", "phone"]], 2)
    assert [variant["visitors"] for variant in part["variants"]] == [100, 100]  # every second visitor
    assert [row["ordered"] for row in part["funnel"]] == [35, 35]
    missing = get("experiments/cart-accessory/part/?segment=device:zz&from=2026-11-02&to=2026-11-03")
    assert (missing.status_code, "device:zz" in missing.json()["detail"]) == (404, True)
    assert get("experiments/cart-accessory/part/").status_code == 404
    assert get("experiments/cart-accessory/part/?segment=phone&from=zz").json().keys() == {"segment", "from"}
