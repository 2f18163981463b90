"""Whatever is asked, the edge answers as its description says: generated calls."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.description import OPERATIONS
from config.wsgi import application
from experiments.models import Experiment

pytestmark = pytest.mark.slow

SECRET_KEY = "sk_shop_0123456789abcdef0123456789abcdef"
DIFFERENT: dict[str, list[Any]] = {
    "/v1/events": [negative_data_rejection],  # a bad event is refused by itself, in an answer that is 200
    "/v1/orders": [positive_data_acceptance],  # its times and sums have to fit each other, which no schema says
    "/v1/convert": [positive_data_acceptance],
    "/v1/visitors/export": [positive_data_acceptance],  # not every text of the format is an address to order with
    "/v1/visitors/erase": [positive_data_acceptance],
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
        answer = case.call()
        if answer.status_code != 413:  # of a body that is too large, nothing was read
            case.validate_response(answer, excluded_checks=DIFFERENT.get(operation.path, []))

    answer_is_as_described()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_edge_answers_as_described(edge: OpenApiSchema, mode: schemathesis.GenerationMode) -> None:
    operations = [found.ok() for found in edge.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(OPERATIONS)
    for operation in operations:
        assert_answers_as_described(operation, mode)
