"""Dead letters in the admin: seen by members, tried again by editors, of their stores alone."""

import pytest
from django.contrib import admin
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Delivery
from experiments.models import Role, Store
from tests import factories
from tests.factories import NOON

URL = "/admin/checkout_widgets/delivery/"
DEAD_URL = f"{URL}?status__exact=dead"
pytestmark = pytest.mark.django_db


def make_delivery(store: Store, order: str, **fields: object) -> Delivery:
    connection = store.connections.first() or factories.make_connection(store)
    defaults = {"topic": "orders/paid", "body": b'{"email": "ada@example.com"}', "received_at": NOON, "status": "dead"}
    return Delivery.objects.create(connection=connection, order_external_id=order, **defaults | fields)


def client_of(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role, is_staff=True))
    return client


def try_again(client: Client, *deliveries: Delivery) -> str:
    pks = [delivery.pk for delivery in deliveries]
    return client.post(URL, {"action": "try_again", "_selected_action": pks}, follow=True).content.decode()


def test_list_shows_the_member_stores_deliveries_and_what_is_wrong():
    store, other = factories.make_store(), factories.make_store()
    make_delivery(store, "1001", error="Expected `int`, got `str` - at `$.id`")
    make_delivery(other, "2002")
    page = client_of(store, Role.VIEWER).get(URL).content.decode()
    assert "1001" in page
    assert "at `$.id`" in page
    assert "Failed" in page
    assert "2002" not in page


def test_page_of_a_delivery_shows_no_personal_data():
    store = factories.make_store()
    delivery = make_delivery(store, "1001", digest=b"\x01" * 32)
    page = client_of(store, Role.ADMIN).get(f"{URL}{delivery.pk}/change/").content.decode()
    assert "1001" in page
    assert "28\xa0bytes" in page
    assert "ada@example.com" not in page


@pytest.mark.slow
def test_list_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    store = factories.make_store()
    for number in range(20):
        make_delivery(store, str(number))
    client = client_of(store, Role.VIEWER)
    with django_assert_max_num_queries(14):
        assert client.get(URL).context["cl"].result_count == 20


@pytest.mark.slow
def test_navigation_leads_to_what_was_given_up_where_there_is_any():
    store, other = factories.make_store(), factories.make_store()
    make_delivery(other, "1")
    client = client_of(store, Role.VIEWER)
    assert "Failed deliveries" not in client.get(URL).content.decode()
    make_delivery(store, "2")
    page = client.get(URL).content.decode()
    assert "Failed deliveries" in page
    assert DEAD_URL in page
    assert client.get(DEAD_URL).status_code == 200


def test_try_again_queues_what_failed_and_leaves_the_rest():
    store = factories.make_store()
    dead = make_delivery(store, "1", attempts=9, error="out of luck")
    done = make_delivery(store, "2", status="done")
    assert "Retrying 1 delivery." in try_again(client_of(store, Role.EDITOR), dead, done)
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == ("pending", 0)
    assert [job.args for job in ProcrastinateJob.objects.all()] == [{"delivery_id": dead.pk}]


def test_try_again_is_not_for_viewers():
    store = factories.make_store()
    dead = make_delivery(store, "1")
    try_again(client_of(store, Role.VIEWER), dead)
    dead.refresh_from_db()
    assert dead.status == "dead"


def test_try_again_never_touches_another_store_or_one_that_the_user_may_only_view():
    store, viewed, other = factories.make_store(), factories.make_store(), factories.make_store()
    client = Client()
    user = factories.make_user(store, is_staff=True)
    viewed.memberships.create(user=user, role=Role.VIEWER)
    client.force_login(user)
    deliveries = [make_delivery(one, "1") for one in (viewed, other)]
    assert "Retrying 0 deliveries." in try_again(client, *deliveries)
    assert not ProcrastinateJob.objects.exists()


def test_admin_has_no_page_of_raw_jobs():
    assert not admin.site.is_registered(ProcrastinateJob)
