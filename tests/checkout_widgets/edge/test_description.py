"""The description is complete, and the edge answers as it says."""

import json

import pytest
from django.utils import timezone

from checkout_widgets.edge import answers, content, live_configuration
from checkout_widgets.edge.description import OPERATIONS, document
from checkout_widgets.edge.endpoint import Endpoint
from checkout_widgets.edge.urls import urlpatterns
from checkout_widgets.models import Layout, OfferKind
from dashboard.gallery import samples
from tests.described import assert_is

SECRET_KEY = "sk_shop_0123456789abcdef0123456789abcdef"


def test_document_has_every_endpoint_but_itself():
    endpoints = {f"/{pattern.pattern}" for pattern in urlpatterns if isinstance(pattern.callback, Endpoint)}
    assert endpoints - {"/v1/openapi.json"} == {operation.path for operation in OPERATIONS}


def test_document_patterns_are_those_of_browsers_too():
    text = json.dumps(document())
    assert '"pattern": "^[A-Z]{3}$"' in text
    assert r"\\Z" not in text


def test_description_is_answered_to_everybody_and_may_be_kept(client, store):
    live_configuration.refresh()
    response = client.get("/v1/openapi.json")
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response.json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("layout", Layout.values)
@pytest.mark.parametrize("kind", OfferKind.values)
def test_content_of_every_layout_and_offer_is_as_described(kind, layout):
    now = timezone.now()
    widget = samples.widget(kind, layout, pictures="https://shop.example/", now=now)
    assert_is(content.decoded(widget, "de-DE", now, cart_minor=samples.CART_MINOR), answers.WidgetContent)


@pytest.mark.slow
def test_acceptance_and_its_claims_are_as_described(post, body):
    acceptance = post("/v1/accept", body).json()
    assert_is(acceptance, answers.AcceptAnswer)
    token = {"acceptance_token": acceptance["acceptance_token"]}
    claims = post("/v1/acceptances/redeem", token, Authorization=f"Bearer {SECRET_KEY}").json()
    assert_is(claims, answers.RedeemAnswer)
    again = post("/v1/acceptances/redeem", token, Authorization=f"Bearer {SECRET_KEY}").json()
    assert_is(again, answers.RefusalAnswer)


def test_decision_parts_are_as_described(post, experiment):
    asked = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart", "shipping"]}
    answer = post("/v1/decide", asked).json()
    for part in answer["decisions"][0]["parts"]:
        assert_is(part, answers.WidgetPart)


def test_moments_are_as_described(client, experiment):
    live_configuration.refresh()
    assert_is(client.get("/v1/moments?key=pk_shop").json(), answers.MomentsAnswer)
