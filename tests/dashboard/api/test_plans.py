"""The planner by the API says what the page says, and names what is missing or can't be."""

import pytest
from django.utils import timezone

from dashboard.planner.form import PlannerForm
from dashboard.planner.page import PlannerPage
from dashboard.planner.views import defaults

pytestmark = pytest.mark.django_db
TYPED = {"metric": "conversion", "mean": 5, "visitors": 2_000, "mde": 10}


def test_plan_is_that_of_the_planners_page(experiment, get):
    answer = get("plan/", **TYPED)
    assert answer.status_code == 200
    plan = answer.json()
    typed = defaults() | {name: str(value) for name, value in TYPED.items()}
    form = PlannerForm(typed, store=experiment.store)
    assert form.is_valid()
    page = PlannerPage(form, experiment.store, timezone.now())
    assert page.plan is not None
    assert (plan["per_variant"], plan["days"]) == (page.plan.per_variant, page.plan.days)
    assert plan["detectable"][0] == {
        "weeks": 2,
        "per_variant": page.reaches[0].per_variant,
        "lift": page.reaches[0].lift,
    }
    assert (plan["mean"], plan["lift"], plan["missing"], plan["problem"]) == (0.05, 0.1, [], "")
    assert plan["url"].startswith("http://testserver/planner/?metric=conversion")


def test_store_without_figures_is_told_which_to_send(get):
    plan = get("plan/").json()
    assert [missing["field"] for missing in plan["missing"]] == ["mean", "sd"]
    assert (plan["per_variant"], plan["days"], plan["is_too_long"]) == (None, None, False)


def test_figures_that_make_no_test_are_said_to(get):
    plan = get("plan/", metric="conversion", mean=90, mde=50, visitors=100).json()
    assert plan["per_variant"] is None
    assert "rise above 100%" in plan["problem"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [({"what": "party"}, "what"), ({"metric": "joy"}, "metric"), ({"mde": 0}, "mde"), ({"looks": "7"}, "looks")],
)
def test_figure_that_cannot_be_names_the_parameter(get, typed, name):
    answer = get("plan/", **typed)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_plan_of_another_stores_metric_is_refused(get):
    assert get("plan/", metric="custom-gifts").status_code == 400
