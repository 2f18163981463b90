"""Whatever is asked, the API answers as its description says: generated calls, none of which may end in a 500."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from config.wsgi import application
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.api.events import make_event

pytestmark = pytest.mark.slow
# What a schema can't tell: that one day isn't before another, which tests and templates there are, and how many pages.
UNTOLD: dict[str, list[Any]] = {}
for label in ("PUT /api/v1/annotations/{id}/", "POST /api/v1/drafts/", "GET /api/v1/plan/", "GET /api/v1/playbook/"):
    UNTOLD[label] = [positive_data_acceptance]


@pytest.fixture
def api(kept_connection: None) -> OpenApiSchema:
    experiment = factories.make_experiment(key="cart-accessory")
    factories.make_exposure(experiment.variants.get(key="control"))
    factories.make_exposure(experiment.variants.get(key="treatment"))
    take_snapshot(experiment)
    make_event(experiment, props={"reason": "timeout"})
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    schema.config.update(
        headers={"Authorization": f"Bearer {make_token(experiment.store, can_annotate=True, can_draft=True)}"}
    )
    return schema


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_api_answers_as_described(api: OpenApiSchema, mode: schemathesis.GenerationMode) -> None:
    operations = [found.ok() for found in api.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 17
    for operation in operations:
        takes_anything = operation.path_parameters or operation.query or operation.body
        if mode is schemathesis.GenerationMode.NEGATIVE and not takes_anything:
            continue  # nothing can be wrong with a call that takes nothing

        @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def answer_is_as_described(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(excluded_checks=UNTOLD.get(case.operation.label, []))

        answer_is_as_described()
