"""``POST /v1/events``."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.events import Batch, Rejected, read
from checkout_widgets.edge.payloads import EventsBody
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from experiments.models import Decision, Experiment, Exposure, Rejection, Status, Variant, WidgetEvent
from tests import factories
from tests.examples import examples


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def shopper(experiment, visitor_in):
    """A visitor of the treatment with their token."""
    visitor_id, decision = visitor_in("treatment")
    return {"visitor_id": visitor_id, "exposure_token": decision["exposure_token"]}


@pytest.fixture
def send(post, shopper):
    """Send events of the shopper; each overrides the fields of a good exposure."""

    def send(*events, **body):
        good = {"type": "exposure", "at": now().isoformat(), "exposure_token": shopper["exposure_token"], "props": {}}
        batch = [good | {"id": str(uuid4())} | event if isinstance(event, dict) else event for event in events]
        request = {"key": "pk_shop", "visitor_id": shopper["visitor_id"], "sent_at": now().isoformat()}
        return post("/v1/events", request | {"events": batch} | body, refresh=False)

    return send


def rejected(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    refusals: list[dict[str, Any]] = response.json()["rejected"]
    return refusals


def test_events_exposure_is_stored_with_what_the_token_says(experiment, decide, post):
    cart = {"currency": "EUR", "total_minor": 6670, "items": []}
    decision = decide("v_1", device="phone", cart=cart, visitor={"country": "de", "orders": 3})
    event = {
        "id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11",
        "type": "exposure",
        "at": now().isoformat(),
        "exposure_token": decision["exposure_token"],
        "props": {"cart_value_minor": 1, "device": "tablet"},
    }
    response = post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    assert response.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    exposure = Exposure.objects.get()
    assert (exposure.experiment, exposure.visitor_id, exposure.variant.key) == (experiment, "v_1", decision["variant"])
    assert (exposure.cart_value_minor, exposure.device, exposure.country) == (6670, "phone", "DE")
    assert exposure.customer_type == "returning"
    # a cart that is worth something without products is one whose products weren't sent
    assert (exposure.cart_items, exposure.past_orders) == (None, 3)
    stored = WidgetEvent.objects.get()
    assert (stored.type, stored.moment, str(stored.event_id)) == ("exposure", "cart", event["id"])
    assert stored.props == event["props"]


def test_events_exposure_keeps_how_many_products_are_in_the_cart(experiment, decide, post):
    cart = {"currency": "EUR", "total_minor": 6670, "items": [{"sku": "tea", "quantity": 2}, {"sku": "cup"}]}
    token = decide("v_1", cart=cart)["exposure_token"]
    event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat(), "exposure_token": token}
    post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    exposure = Exposure.objects.get()
    assert (exposure.cart_items, exposure.past_orders) == (3, None)


@pytest.mark.parametrize("customer_id", ["c-7", 7, None])
def test_events_customer_who_was_logged_in_brings_orders_along_that_name_no_visitor(
    store, experiment, decide, post, customer_id
):
    decision = decide("v_1", visitor={"customer_id": customer_id})
    event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat()}
    event["exposure_token"] = decision["exposure_token"]
    post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    at = now() + timedelta(minutes=1)
    lines = (LineData("cup", 1, 5000),)
    order = OrderData("1", at, at, "EUR", lines, 5000, 5000, customer_id=str(customer_id or "c-7"))
    record_order(store, order, source="api")
    assert Exposure.objects.get().revenue_minor == (5000 if customer_id else 0)


@pytest.mark.parametrize("is_automated", [False, True])
def test_events_exposure_of_automation_is_marked(experiment, decide, post, is_automated):
    decision = decide("v_1", automation=is_automated)
    event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat()}
    event["exposure_token"] = decision["exposure_token"]
    post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    assert Exposure.objects.get().is_automated is is_automated


@pytest.mark.parametrize(
    ("props", "version"),
    [
        ({}, 1),
        (None, 1),
        ({"trigger": 2}, 2),
        ({"trigger": 1_000}, 1_000),
        ({"trigger": 1_001}, 1),
        ({"trigger": 0}, 1),
        ({"trigger": 2**70}, 1),
        ({"trigger": 2.0}, 1),
        ({"trigger": "2"}, 1),
        ({"trigger": True}, 1),
        ({"trigger": [2]}, 1),
    ],
)
def test_events_exposure_keeps_the_version_of_its_trigger(experiment, decide, post, props, version):
    """What is no version costs no exposure."""
    token = decide("v_1")["exposure_token"]
    event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat(), "exposure_token": token, "props": props}
    answer = post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]}).json()
    assert answer["accepted"] == 1
    assert Exposure.objects.get().trigger_version == version


def test_events_earlier_exposure_brings_the_version_of_its_trigger(experiment, decide, post):
    token = decide("v_1")["exposure_token"]
    for age, props in ((1, {"trigger": 2}), (2, {})):
        at = (now() - timedelta(minutes=age)).isoformat()
        event = {"id": str(uuid4()), "type": "exposure", "at": at, "exposure_token": token, "props": props}
        post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    assert Exposure.objects.get().trigger_version == 1


def test_events_cart_in_another_currency_is_no_covariate(experiment, decide, post):
    experiment.variants.get(key="treatment").widget.offer.__class__.objects.update(currency="USD")
    decision = decide("v_1", cart={"currency": "USD", "total_minor": 6670, "items": []})
    event = {
        "id": str(uuid4()),
        "type": "exposure",
        "at": now().isoformat(),
        "exposure_token": decision["exposure_token"],
    }
    post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    assert Exposure.objects.get().cart_value_minor is None


def test_events_control_is_exposed_like_treatment(experiment, visitor_in, post):
    for variant in ("control", "treatment"):
        visitor_id, decision = visitor_in(variant)
        event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat()}
        event["exposure_token"] = decision["exposure_token"]
        post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
    assert set(Exposure.objects.values_list("variant__key", flat=True)) == {"control", "treatment"}


@pytest.mark.parametrize(
    "kind", ["exposure", "impression", "click", "accept", "accept_failed", "decline", "skipped", "view"]
)
def test_events_each_type_is_stored(send, kind):
    assert send({"type": kind}).json()["accepted"] == 1
    assert WidgetEvent.objects.get().type == kind


def test_events_sent_twice_count_once(send):
    event = {"id": str(uuid4())}
    assert send(event).json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert send(event, {}).json() == {"accepted": 1, "duplicates": 1, "rejected": []}
    assert send(event, event).json() == {"accepted": 0, "duplicates": 2, "rejected": []}
    assert WidgetEvent.objects.count() == 2
    assert Exposure.objects.count() == 1


BAD = [
    ({"id": "7"}, "bad_id"),
    ({"id": 7}, "bad_id"),
    ({"id": "\ud800"}, "bad_id"),
    ({"id": None}, "bad_id"),
    ({"type": "purchase"}, "unknown_type"),
    ({"type": None}, "unknown_type"),
    ({"type": "expo\u0000sure"}, "unknown_type"),
    ({"at": "yesterday"}, "bad_time"),
    ({"at": 1_700_000_000}, "bad_time"),
    ({"at": "2026-11-22T10:00:00"}, "bad_time"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "bad_time"),
    ({"at": "9999-12-31T23:59:59-14:00"}, "bad_time"),
    ({"at": (now() - timedelta(hours=49)).isoformat()}, "bad_time"),
    ({"at": (now() + timedelta(hours=1)).isoformat()}, "bad_time"),
    ({"exposure_token": None}, "bad_token"),
    ({"exposure_token": ""}, "bad_token"),
    ({"exposure_token": "eyJ:forged"}, "bad_token"),
    ({"exposure_token": "ü\u0000:x"}, "bad_token"),
    ({"exposure_token": 7}, "bad_token"),
    ({"props": "none"}, "bad_field"),
    ({"props": {"note": "a\u0000b"}}, "bad_field"),
    ({"props": {"note": "\ud800"}}, "bad_field"),
    ({"props": {"ratio": float("nan")}}, "bad_field"),
    ({"props": {"ratio": float("-inf")}}, "bad_field"),
    ({"props": {"a": {"b": {"c": {"d": {"e": {}}}}}}}, "bad_field"),
    ({"props": {"note": "x" * 9_000}}, "too_large"),
    (7, "bad_field"),
    (None, "bad_field"),
    ([], "bad_field"),
]


@pytest.mark.parametrize(("event", "code"), BAD, ids=[f"{number}-{code}" for number, (_, code) in enumerate(BAD)])
def test_events_bad_one_is_refused_beside_good_ones(send, event, code):
    response = send({}, event, {})
    assert rejected(response) == [{"index": 1, "code": code}]
    assert response.json()["accepted"] == 2
    assert WidgetEvent.objects.count() == 2
    rejection = Rejection.objects.get()
    assert (rejection.source, rejection.code, rejection.count) == ("events", code, 1)


@pytest.mark.parametrize("levels", [500, 9_000])
def test_events_deep_nesting_in_one_costs_only_that_one(post, shopper, levels):
    at = now().isoformat()
    good = {"id": str(uuid4()), "type": "error", "at": at}
    opening = '{"a":'
    deep = f'{{"id": "{uuid4()}", "type": "error", "at": "{at}", "props": {opening * levels}1{"}" * levels}}}'
    body = {"key": "pk_shop", "visitor_id": shopper["visitor_id"], "events": [good, "DEEP"]}
    response = post("/v1/events", json.dumps(body).replace('"DEEP"', deep).encode(), refresh=False)
    assert response.json()["accepted"] == 1
    # How deep the decoder can go depends on the Python: what it reads is refused for its size, else for its depth.
    [code] = [rejection["code"] for rejection in rejected(response)]
    assert code == "bad_field" or (code == "too_large" and levels == 9_000)


def test_events_text_that_is_not_utf_8_costs_only_that_one(post, shopper):
    good = {"type": "error", "at": now().isoformat()}
    events = [good | {"id": str(uuid4()), "props": {"note": note}} for note in ("good", "BAD")]
    body = json.dumps({"key": "pk_shop", "visitor_id": shopper["visitor_id"], "events": events})
    response = post("/v1/events", body.encode().replace(b"BAD", b"\xff"), refresh=False)
    assert response.json() == {"accepted": 1, "duplicates": 0, "rejected": [{"index": 1, "code": "bad_field"}]}


def test_events_of_another_visitor_are_refused(send):
    assert rejected(send({}, visitor_id="v_thief")) == [{"index": 0, "code": "wrong_visitor"}]


def test_events_of_another_store_are_refused(send):
    factories.make_store(site_key="pk_other")
    live_configuration.refresh()
    assert rejected(send({}, key="pk_other")) == [{"index": 0, "code": "wrong_store"}]


def test_events_with_an_old_token_are_refused(send, monkeypatch):
    monkeypatch.setattr("checkout_widgets.edge.call.datetime", Later)
    later = (now() + timedelta(hours=49)).isoformat()
    assert rejected(send({"at": later}, sent_at=later)) == [{"index": 0, "code": "expired_token"}]


class Later(datetime):
    """The clock two days on."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(hours=49)


def test_events_token_of_the_previous_secret_key_still_counts(send, settings):
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=[old]):
        assert send({}).json()["accepted"] == 1
    with override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=[]):
        assert rejected(send({})) == [{"index": 0, "code": "bad_token"}]


@pytest.mark.parametrize("kind", ["skipped", "error"])
def test_events_that_need_no_token_are_kept_without_experiment(send, kind):
    assert send({"type": kind, "exposure_token": None}).json()["accepted"] == 1
    assert WidgetEvent.objects.get().experiment is None


@pytest.mark.parametrize("error", [timedelta(0), timedelta(days=400), timedelta(days=-400), timedelta(minutes=7)])
def test_events_clock_that_is_wrong_is_corrected_by_when_it_sent(send, error):
    happened = now() - timedelta(minutes=3)
    send({"at": (happened + error).isoformat()}, sent_at=(now() + error).isoformat())
    assert abs(WidgetEvent.objects.get().occurred_at - happened) < timedelta(seconds=2)


def test_events_slightly_in_the_future_happened_now(send):
    send({"at": (now() + timedelta(minutes=4)).isoformat()}, sent_at=None)
    assert WidgetEvent.objects.get().occurred_at <= now()


def test_events_of_a_rolled_out_winner_do_not_add_to_its_test(experiment, decide, post):
    winner = Variant.objects.get(key="treatment")
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=winner)
    token = decide("v_1")["exposure_token"]
    event = {"id": str(uuid4()), "type": "exposure", "at": now().isoformat(), "exposure_token": token}
    assert post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]}).json()["accepted"] == 1
    assert WidgetEvent.objects.get().experiment is None
    assert not Exposure.objects.exists()


def test_events_of_an_experiment_that_is_gone_are_kept(experiment, send):
    experiment.delete()
    assert send({}).json()["accepted"] == 1
    assert not Exposure.objects.exists()


def test_events_query_count_does_not_grow_with_the_batch(send, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        send({})
    with django_assert_max_num_queries(12):
        send(*[{}] * 50)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"events": []}, 400, "bad_field"),
        ({"events": None}, 400, "bad_field"),
        ({"events": {}}, 400, "bad_field"),
        ({"events": [{}] * 51}, 413, "too_large"),
        ({"visitor_id": None}, 400, "bad_field"),
        ({"visitor_id": "a b"}, 400, "bad_field"),
        ({"sent_at": "now"}, 400, "bad_field"),
        ({"key": "pk_nobody"}, 401, "unknown_key"),
    ],
)
def test_events_bad_batch_is_refused_whole(send, body, status, code):
    response = send({}, **body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert not WidgetEvent.objects.exists()


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(st.sampled_from(["id", "type", "at", "exposure_token", "props"]), junk)


@pytest.mark.slow
@given(st.lists(fields | junk, max_size=4), st.dictionaries(st.sampled_from(["sent_at", "visitor_id", "key"]), junk))
@examples(200)
def test_events_any_junk_beside_a_good_event_never_fails(send, events, body):
    response = send(*events, {})
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["accepted"] + answer["duplicates"] + len(answer["rejected"]) == len(events) + 1
    assert len(events) not in {rejection["index"] for rejection in answer["rejected"]}
    assert send({}, **body).status_code in {200, 400, 401}


@pytest.mark.slow
@given(st.binary(max_size=300))
@examples(200)
def test_events_any_bytes_are_refused_with_a_code(post, store, body):
    response = post("/v1/events", body, refresh=False)
    assert response.status_code == 400
    assert response.json()["error"]["code"] in {"bad_json", "bad_field"}


@pytest.mark.parametrize(
    ("ahead", "is_taken"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, microseconds=1), False),
        (-timedelta(hours=48), True),
        (-timedelta(hours=48, microseconds=1), False),
    ],
)
def test_corrected_takes_5_minutes_ahead_and_48_hours_ago_and_no_more(ahead, is_taken):
    at = now()
    batch = Batch(None, EventsBody("v_1", [Raw(b"{}")]), at)  # type: ignore[arg-type]  # asks nothing of the store
    if is_taken:
        assert batch.corrected(at + ahead) == min(at, at + ahead)
    else:
        with pytest.raises(Rejected, match="bad_time"):
            batch.corrected(at + ahead)


def test_events_one_of_8000_bytes_is_read_and_no_larger_one():
    whole = (
        b'{"id":"0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11","type":"skipped","at":"2026-11-22T12:00:00Z","props":{"x":"%s"}}'
    )
    room = 8_000 - len(whole % b"")
    assert read(Raw(whole % (b"x" * room))).type == "skipped"
    with pytest.raises(Rejected, match="too_large"):
        read(Raw(whole % (b"x" * (room + 1))))


@pytest.mark.parametrize(("number", "status"), [(50, 200), (51, 413)])
def test_events_a_batch_has_50_at_most(send, number, status):
    assert send(*[{}] * number).status_code == status
