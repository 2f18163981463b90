"""The description is complete, and the edge answers as it says."""

import json
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from checkout_widgets.edge import answers, content, live_configuration
from checkout_widgets.edge.description import OPERATIONS, document
from checkout_widgets.edge.endpoint import Endpoint
from checkout_widgets.edge.urls import urlpatterns
from checkout_widgets.models import Layout, OfferKind
from config.wsgi import application
from dashboard.gallery import samples
from experiments.models import Experiment
from tests.described import assert_is

SECRET_KEY = "sk_shop_0123456789abcdef0123456789abcdef"
DIFFERENT: dict[str, list[Any]] = {
    "/v1/events": [negative_data_rejection],  # a bad event is refused by itself, in an answer that is 200
    "/v1/orders": [positive_data_acceptance],  # its times and sums have to fit each other, which no schema says
    "/v1/convert": [positive_data_acceptance],
}
EXAMPLES = 8  # of each endpoint and way: enough to meet each field with a value that is none


def as_scripts_write(value: Any) -> Any:
    """Whole numbers without a fraction, as JavaScript writes them; JSON Schema takes ``2.0`` for an integer too."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [as_scripts_write(member) for member in value]
    if isinstance(value, dict):
        return {name: as_scripts_write(member) for name, member in value.items()}
    return value


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


@pytest.fixture
def edge(kept_connection: None, experiment: Experiment) -> OpenApiSchema:
    live_configuration.refresh()
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", application)
    schema.config.update(headers={"Authorization": f"Bearer {SECRET_KEY}"})
    return schema


def assert_answers_as_described(operation: Any, mode: schemathesis.GenerationMode) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answer_is_as_described(case: schemathesis.Case[Any]) -> None:
        case.body = as_scripts_write(case.body)
        if isinstance(case.body, dict) and isinstance(case.body.get("key"), str):
            case.body["key"] = "pk_shop"  # one that is made up gets no further
        case.call_and_validate(excluded_checks=DIFFERENT.get(operation.path, []))

    answer_is_as_described()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_edge_answers_as_described(edge: OpenApiSchema, mode: schemathesis.GenerationMode) -> None:
    operations = [found.ok() for found in edge.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(OPERATIONS)
    for operation in operations:
        assert_answers_as_described(operation, mode)
