"""What the doctor says of each store."""

import pytest

from dashboard.operations.doctor.store_checks import check_stores
from experiments.models import Experiment, Status, Store
from tests import factories

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, str]]:
    return [(one.severity, one.text) for one in check_stores()]


def test_store_that_is_not_set_up_is_left_alone():
    factories.make_store(allowed_origins=[])
    assert found() == []


def test_running_test_without_an_origin_is_a_problem():
    factories.make_live_experiment(factories.make_store(allowed_origins=[]))
    assert [severity for severity, _ in found()] == ["problem"]


def test_running_test_that_no_page_asks_for_is_a_warning():
    factories.make_live_experiment(factories.make_store(allowed_origins=["https://shop.example"]))
    assert found() == [("warning", "A test runs, but no page has asked since yesterday.")]
    Experiment.objects.update(status=Status.PAUSED)
    assert found() == [("ok", "Its pages may ask.")]


@pytest.mark.parametrize(
    ("origin", "severity"),
    [
        ("shop.example", "problem"),
        ("https://shop.example/cart", "problem"),
        ("http://shop.example", "warning"),
        ("http://127.0.0.1:8000", "ok"),
        ("https://shop.example/", "ok"),
    ],
)
def test_origin_is_judged(origin, severity):
    factories.make_store()
    Store.objects.update(allowed_origins=[origin])
    assert [one for one, _ in found()] == [severity]
