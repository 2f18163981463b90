"""What a visit is like: a few known values a dimension, whatever is sent."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from checkout_widgets.edge import visit
from checkout_widgets.edge.payloads import DecideBody, History, Page, VisitBody
from checkout_widgets.edge.tokens import ExposureToken, VisitToken, read_exposure, sign_exposure
from experiments.models import Exposure


def body(query: str = "", shown: int = 0, **said: object) -> DecideBody:
    return DecideBody(
        moments=["cart"],
        page=Page(path="/cart", query=query),
        history=History(shown_session=shown),
        visit=VisitBody(**said),  # type: ignore[arg-type]
    )


def test_visit_of_a_page_that_says_nothing_is_not_worked_out():
    assert visit.about(DecideBody(moments=["cart"], page=Page(query="?utm_medium=email"))) == {}


@pytest.mark.parametrize(
    ("query", "channel"),
    [
        ("", "none"),
        ("?q=1", "none"),
        ("?utm_medium=Email", "email"),
        ("?utm_source=newsletter", "email"),
        ("?utm_medium=cpc&utm_source=google", "paid_search"),
        ("?utm_medium=cpc&utm_source=facebook.com", "paid_social"),
        ("?utm_source=instagram", "social"),
        ("?utm_medium=organic", "organic"),
        ("?utm_medium=ada@example.com", "other"),
    ],
)
def test_visit_channel_follows_the_campaign(query, channel):
    assert visit.about(body(query))["channel"] == channel


def test_visit_keeps_known_values_and_calls_all_else_other():
    known = visit.about(body(shown=1, page_type="Cart", logged_in=False, snippet=3))
    assert known == {"channel": "none", "snippet": "3", "position": "2", "page_type": "cart", "logged_in": "no"}
    assert visit.about(body(shown=9, page_type="/orders/4711", logged_in=True, snippet=99)) == {
        "channel": "none",
        "snippet": "other",
        "position": "3",
        "page_type": "other",
        "logged_in": "yes",
    }


@given(st.text(max_size=64), st.text(max_size=200))
def test_visit_holds_nothing_that_was_sent(page_type, query):
    found = visit.about(body(query, page_type=page_type))
    assert found["channel"] in visit.CHANNELS
    assert found.get("page_type", visit.OTHER) in visit.PAGE_TYPES


def test_no_dimension_has_more_than_twelve_values():
    assert len(visit.CHANNELS) <= 12
    assert len(visit.PAGE_TYPES) <= 12
    assert len(visit.SNIPPET_VERSIONS) < 12


def test_token_carries_the_visit_and_stays_as_it_was_without():
    plain = ExposureToken(1, 2, 3, False, "v_1", "cart", None, "EUR", "phone", "DE", "", None, None, 0, 0)
    assert read_exposure(sign_exposure(plain)) == plain
    told = VisitToken(*astuple(plain), {"channel": "email", "position": "1"})  # type: ignore[call-arg]
    read = read_exposure(sign_exposure(told))
    assert read == told
    assert read.about() == {"device": "phone", "country": "DE", "channel": "email", "position": "1"}
    assert read.segments() == {"channel": "email"}
    assert plain.segments() == {}


@pytest.mark.django_db
def test_exposure_keeps_the_visit_of_its_token(experiment, decide, post):
    decision = decide("v_1", device="phone", visit={"page_type": "cart", "snippet": 3, "logged_in": True})
    event = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "exposure", "at": datetime.now(UTC).isoformat()}
    event["exposure_token"] = decision["exposure_token"]
    post("/v1/events", {"key": "pk_shop", "visitor_id": "v_1", "events": [event]})
    kept = {"channel": "none", "logged_in": "yes", "page_type": "cart", "snippet": "3"}
    assert Exposure.objects.get().segments == kept
