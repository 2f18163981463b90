"""The cast of the accounting's tests."""

import pytest

from experiments.models import Exposure
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import WINDOW_DAYS


@pytest.fixture
def exposure(db: None) -> Exposure:
    """A treatment's visitor ``v_1``, exposed at noon."""
    experiment = factories.make_experiment(key="first", attribution_window_days=WINDOW_DAYS)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")
