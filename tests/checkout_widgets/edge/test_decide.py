"""``POST /v1/decide``: what is asked and answered, and who gets nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets.edge import arbiter, live_configuration, tokens
from checkout_widgets.models import Widget
from experiments.assignment.allocation import WeightedVariant, choose_variant
from experiments.models import ConsentMode, Store
from tests import factories
from tests.examples import examples

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CUBOT = "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"


def now() -> datetime:
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    return at.isoformat()


def test_decide_treatment_gets_token_trigger_and_content(experiment, decide, visitor_in):
    _, decision = visitor_in("treatment")
    assert decision["moment"] == "cart"
    assert decision["experiment"] == "cart-accessory"
    assert decision["rollout"] is False
    assert decision["trigger"] == {"kind": "slot_visible"}
    assert decision["exposure_token"]
    assert decision["content"]["headline"] == "Goes well with tea"
    assert decision["content"]["price"] == {"minor": 990, "currency": "EUR", "text": "€9.90"}
    assert "reason" not in decision


def test_decide_control_gets_token_but_no_content(experiment, visitor_in):
    _, decision = visitor_in("control")
    assert decision["exposure_token"]
    assert decision["content"] is None
    assert decision["trigger"] == {"kind": "slot_visible"}


def test_decide_variant_is_the_one_that_the_hash_gives(experiment, decide):
    arms = (WeightedVariant("control", 1), WeightedVariant("treatment", 1))
    for number in range(30):
        assert decide(f"v_{number}")["variant"] == choose_variant("salt", f"v_{number}", arms)


def test_decide_no_query_is_made(experiment, post, django_assert_num_queries):
    live_configuration.refresh()
    with django_assert_num_queries(0):
        response = post("/v1/decide", {"key": "pk_shop", "moments": ["cart", "exit_intent"]}, refresh=False)
    assert response.json()["decisions"][0]["experiment"] == "cart-accessory"


def test_decide_without_visitor_id_makes_one(experiment, post):
    body = {"key": "pk_shop", "moments": ["cart"]}
    first, second = (post("/v1/decide", body).json()["visitor_id"] for _ in range(2))
    assert re.fullmatch("v_[0-9a-f]{12}7[0-9a-f]{19}", first)
    assert first != second


def test_decide_each_moment_is_answered_in_order(experiment, post):
    moments = ["exit_intent", "cart", "shipping", "payment", "confirmation", "follow_up"]
    answer = post("/v1/decide", {"key": "pk_shop", "visitor_id": "v_1", "moments": moments}).json()
    assert [decision["moment"] for decision in answer["decisions"]] == moments
    assert [decision.get("reason") for decision in answer["decisions"]] == ["no_experiment", None] + 4 * [
        "no_experiment"
    ]
    assert answer["ttl_s"] == 300
    assert answer["enabled"] is True


def test_decide_follow_up_is_served_to_the_stores_servers_alone(store, post):
    factories.make_live_experiment(store, key="mail", moment="follow_up")
    body = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["follow_up"]}
    page = post("/v1/decide", body).json()["decisions"][0]
    assert (page["experiment"], page["trigger"], page["reason"]) == (None, None, "no_experiment")
    server = post("/v1/decide", body, Authorization=f"Bearer {store.secret_key}").json()["decisions"][0]
    assert (server["experiment"], server["trigger"]) == ("mail", None)
    assert server["exposure_token"]
    assert arbiter.open_moments(live_configuration.current().by_site_key["pk_shop"], now()) == []


def test_decide_moment_that_there_is_not_costs_no_other(experiment, post):
    moments = ["checkout", "cart", "x" * 1000, ""]
    decisions = post("/v1/decide", {"key": "pk_shop", "visitor_id": "v_1", "moments": moments}).json()["decisions"]
    assert [decision["moment"] for decision in decisions] == moments
    assert [decision.get("reason") for decision in decisions] == ["unknown_moment", None] + 2 * ["unknown_moment"]
    assert decisions[1]["experiment"] == "cart-accessory"


def test_decide_store_without_experiments_is_not_enabled(store, post):
    answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}).json()
    assert (answer["enabled"], answer["ttl_s"]) == (False, 60)


@pytest.mark.parametrize(
    ("mode", "consent", "reason"),
    [
        (ConsentMode.REQUIRED, None, "no_consent"),
        (ConsentMode.REQUIRED, {"measurement": None}, "no_consent"),
        (ConsentMode.REQUIRED, {"measurement": False}, "no_consent"),
        (ConsentMode.REQUIRED, {"measurement": True}, None),
        (ConsentMode.NOT_REQUIRED, None, None),
        (ConsentMode.NOT_REQUIRED, {"measurement": False}, "no_consent"),
    ],
)
def test_decide_consent_is_asked_first(store, experiment, post, mode, consent, reason):
    Store.objects.update(consent_mode=mode, holdout_share=0)
    answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"], "consent": consent}).json()
    assert answer["decisions"][0].get("reason") == reason
    assert (answer["visitor_id"] is None) is (reason is not None)


@pytest.mark.parametrize(("agent", "reason"), [(GOOGLEBOT, "bot"), (CUBOT, None), ("", None)])
def test_decide_crawler_gets_nothing(experiment, post, agent, reason):
    answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}, **{"User-Agent": agent}).json()
    assert answer["decisions"][0].get("reason") == reason


HEADLESS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "body", "is_automated"),
    [
        (CHROME, {}, False),
        (CHROME, {"automation": False}, False),
        (CHROME, {"automation": None}, False),
        (CHROME, {"automation": True}, True),
        (HEADLESS, {}, True),
        ("python-requests/2.32", {}, True),
    ],
)
def test_decide_automation_is_served_and_flagged_in_the_token(experiment, post, agent, body, is_automated):
    request = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"]} | body
    decision = post("/v1/decide", request, **{"User-Agent": agent}).json()["decisions"][0]
    assert tokens.read_exposure(decision["exposure_token"]).is_automated is is_automated


def test_decide_call_of_a_stores_own_server_is_no_automation(experiment, post):
    headers = {"Authorization": "Bearer sk_shop_0123456789abcdef0123456789abcdef", "User-Agent": "python-requests/2.32"}
    decision = post("/v1/decide", {"moments": ["cart"], "visitor_id": "v_1"}, **headers).json()["decisions"][0]
    assert tokens.read_exposure(decision["exposure_token"]).is_automated is False


@pytest.mark.slow
def test_decide_holdout_gets_nothing(experiment, decide):
    Store.objects.update(holdout_share=0.5)
    reasons = {number: decide(f"v_{number}").get("reason") for number in range(200)}
    assert set(reasons.values()) == {None, "holdout"}
    assert 60 < sum(reason == "holdout" for reason in reasons.values()) < 140


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ({"shown_session": 1, "shown_today": 3}, None),
        ({"shown_session": 2}, "capped"),
        ({"shown_today": 4}, "capped"),
        ({"declined_at": iso(now() - timedelta(hours=23))}, "declined_recently"),
        ({"declined_at": iso(now() - timedelta(hours=25))}, None),
        ({"declined_at": "9999-12-31T23:59:59Z"}, None),
        ({"declined_at": "0001-01-01T00:00:00+23:59"}, None),
        ({"declined_at": None, "friction": []}, None),
        ({"friction": ["payment_error"]}, "friction"),
    ],
)
def test_decide_history_silences_the_arbiter(experiment, decide, history, reason):
    assert decide(history=history).get("reason") == reason


@pytest.mark.parametrize(("ahead", "reason"), [(290, "declined_recently"), (330, None), (400 * 86_400, None)])
def test_decide_decline_in_the_future_silences_only_where_a_clock_is_a_little_fast(experiment, decide, ahead, reason):
    declined_at = iso(now() + timedelta(seconds=ahead))
    assert decide(history={"declined_at": declined_at}).get("reason") == reason


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "moments"),
        ({"moments": []}, "moments"),
        ({"moments": [7]}, "moments[0]"),
        ({"moments": "cart"}, "moments"),
        ({"moments": ["cart"], "key": 7}, "key"),
        ({"moments": ["cart"], "visitor_id": ""}, "visitor_id"),
        ({"moments": ["cart"], "visitor_id": "x" * 65}, "visitor_id"),
        ({"moments": ["cart"], "visitor_id": "a\u0000b"}, "visitor_id"),
        ({"moments": ["cart"], "device": "fridge"}, "device"),
        ({"moments": ["cart"], "locale": "<script>"}, "locale"),
        ({"moments": ["cart"], "cart": {"currency": "EUR"}}, "cart.total_minor"),
        ({"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": 9.5}}, "cart.total_minor"),
        ({"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": True}}, "cart.total_minor"),
        ({"moments": ["cart"], "cart": {"currency": "EUR", "total_minor": 10**30}}, "cart.total_minor"),
        ({"moments": ["cart"], "cart": {"currency": "euro", "total_minor": 1}}, "cart.currency"),
        ({"moments": ["cart"], "visitor": {"country": "Germany"}}, "visitor.country"),
        ({"moments": ["cart"], "history": {"shown_session": -1}}, "history.shown_session"),
        ({"moments": ["cart"], "history": {"declined_at": "yesterday"}}, "history.declined_at"),
        ({"moments": ["cart"], "history": {"declined_at": "2026-11-22T10:00:00"}}, "history.declined_at"),
        ({"moments": ["cart"], "consent": "yes"}, "consent"),
        ({"moments": ["cart"], "automation": "yes"}, "automation"),
        ({"moments": ["cart"], "visitor": {"customer_id": "a\u0000"}}, "visitor.customer_id"),
        ({"moments": ["cart"], "visitor": {"customer_id": "x" * 65}}, "visitor.customer_id"),
        ({"moments": ["cart"], "visitor": {"customer_id": 1.5}}, "visitor.customer_id"),
        ({"moments": ["cart"], "visitor": {"customer_id": 10**30}}, "visitor.customer_id"),
        ({"moments": ["cart"], "page": {"query": 7}}, "page.query"),
    ],
)
def test_decide_wrong_field_is_named(experiment, post, body, field):
    response = post("/v1/decide", {"key": "pk_shop"} | body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_field"
    assert response.json()["error"]["field"] == field


def test_decide_unknown_fields_are_ignored(experiment, decide):
    assert decide(colour="blue", cart={"currency": "EUR", "total_minor": 1, "weight": 3})["experiment"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
names = ["key", "visitor_id", "moments", "page", "locale", "device", "cart", "visitor", "history", "consent"]
bodies = st.dictionaries(st.sampled_from(names), values).map(
    lambda body: {"key": "pk_shop", "moments": ["cart"]} | body
) | st.binary(max_size=200)


@pytest.mark.slow
@given(bodies)
@examples(300)
def test_decide_any_body_is_answered_or_refused_with_a_code(experiment, post, body):
    response = post("/v1/decide", body, refresh=False)
    assert response.status_code in {200, 400, 401}
    if response.status_code != 200:
        assert response.json()["error"]["code"] in {"bad_json", "bad_field", "unknown_key"}


def test_decide_content_is_of_the_device_and_the_cart(store, experiment, decide):
    Store.objects.update(free_shipping_minor=5000)
    Widget.objects.update(layout="card", phone_layout="free_shipping")
    cart = {"currency": "EUR", "total_minor": 4000, "items": []}
    visitor = next(f"v_{n}" for n in range(50) if decide(f"v_{n}")["variant"] == "treatment")
    assert decide(visitor, device="desktop", cart=cart)["content"]["layout"] == "card"
    phone = decide(visitor, device="phone", cart=cart, locale="en")["content"]
    assert (phone["layout"], phone["progress"]["text"]) == ("free_shipping", "€10.00 to free shipping")
    dollars = cart | {"currency": "USD"}
    assert decide(visitor, device="phone", cart=dollars).get("reason") == "not_targeted"
    assert "progress" not in decide(visitor, device="phone")["content"]


def test_decide_token_counts_for_48_hours(experiment, decide):
    token = tokens.read_exposure(decide()["exposure_token"])
    assert token.expires_at - token.issued_at == 48 * 3600
