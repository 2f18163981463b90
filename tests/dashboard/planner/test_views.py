"""The planner as it is served."""

import re

import pytest
from django.utils.html import escape

from experiments.models import Experiment
from tests import factories

pytestmark = pytest.mark.django_db

TYPED = {"mean": "10", "sd": "30", "visitors": "1000", "looks": "1"}


@pytest.fixture
def store(client):
    store = factories.make_store(slug="tea", currency="EUR")
    client.force_login(factories.make_user(store))
    return store


def test_plan_can_be_used_for_a_new_test(client, store):
    page = client.get("/planner/", TYPED | {"what": "cart-complementary-bundle"}).content.decode()
    link = re.search(r'href="(/templates/cart-complementary-bundle/[^"]+)"', page)
    assert link is not None
    client.post(link[1].replace("&amp;", "&"))
    draft = Experiment.objects.get()
    assert (draft.planned_sample, draft.planned_days) == (6473, 14)


def test_viewer_plans_and_uses_nothing(client):
    client.force_login(factories.make_user(factories.make_store(), role="viewer"))
    page = client.get("/planner/", TYPED).content.decode()
    assert "visitors per variant" in page
    assert "Use this plan" not in page


def test_store_without_data_is_told_what_to_type(client, store):
    page = client.get("/planner/").content.decode()
    assert "More figures needed" in page
    assert 'href="#id_mean"' in page


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"mde": "0"}, "Minimum detectable effect (%)"),
        ({"mde": "a"}, "Minimum detectable effect (%)"),
        ({"mean": "NaN"}, "Current value"),
        ({"mean": "1e400"}, "Current value"),
        ({"visitors": "-1"}, "Visitors per day at this moment"),
        ({"treatments": "99"}, "Number of treatments"),
        ({"what": "nowhere"}, "Moment and offer"),
        ({"metric": "conversion", "mean": "100"}, "Current value"),
        ({"power": "\x00"}, "Statistical power"),
    ],
)
def test_error_names_its_field(client, store, query, label):
    response = client.get("/planner/", query)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Check these fields" in page
    assert re.search(rf'<li><a href="#id_\w+">{re.escape(escape(label))}</a>: \w', page)


def test_htmx_gets_the_planner_with_its_address(client, store):
    response = client.get("/planner/", TYPED | {"sd": "", "mde": "8"}, headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == "/planner/?store=tea&mean=10&visitors=1000&looks=1&mde=8"


def test_foreign_store_is_not_found(client, store):
    factories.make_store(slug="foreign")
    assert client.get("/planner/?store=foreign").status_code == 404


def test_member_of_no_store_is_told_what_to_do(client):
    client.force_login(factories.make_user())
    assert "You aren't a member of a store yet" in client.get("/planner/").content.decode()


def test_plan_of_a_message_speaks_of_customers_and_says_what_a_holdout_needs(client, store):
    # 8% order again for 50.00: 20.00 a customer's standard deviation would be too small for it
    typed = {"what": "follow_up", "mean": "4", "sd": "17.68", "visitors": "300", "looks": "1", "mde": "25"}
    page = client.get("/planner/", typed).content.decode()
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    text = re.sub(r" +", " ", text)
    assert "Customers per day at this moment" in text
    assert "customers per variant" in text
    assert "With 10% of the customers held out of all messages" in text
    # (1.95996 + 0.84162)^2 * (17.68 / 4)^2 / 0.25^2 * (1 / 0.1 + 1 / 0.9), and 1 / 0.5 + 1 / 0.5
    assert "27,262 customers or more" in text
    assert "needs 9,814" in text
    assert re.search(r"[Vv]isitors? (per|in|saved)", text) is None
    assert f'href="/journeys/templates/?store={store.slug}"' in page
    assert "held out of all messages" not in client.get("/planner/", typed | {"what": "cart"}).content.decode()
