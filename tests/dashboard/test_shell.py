"""The frame around every page: the way to other pages, the stores, the reader's menu."""

import pytest

from experiments.models import Membership, Status, Store
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def member_of_two(client):
    """A member of the stores ``beans`` and ``tea``."""
    user = factories.make_user(factories.make_store(slug="beans", name="Beans"))
    Membership.objects.create(user=user, store=factories.make_store(slug="tea", name="Tea"))
    client.force_login(user)
    return user


def page(client, path: str) -> str:
    text: str = client.get(path).content.decode()
    return text


def test_place_of_the_reader_is_marked(client, member_of_two):
    assert '<a class="top-link" href="/tests/" aria-current="page">Tests</a>' in page(client, "/tests/")


def test_links_carry_the_chosen_store_along(client, member_of_two):
    assert 'href="/tests/?store=tea"' in page(client, "/tests/?store=tea")
    assert 'class="top-link" href="/tests/"' in page(client, "/tests/")


def test_switcher_offers_the_same_page_for_every_store(client, member_of_two):
    text = page(client, "/tests/?store=tea")
    assert '<a class="menu-item" href="/tests/">All stores</a>' in text
    assert '<a class="menu-item" href="/tests/?store=beans">Beans</a>' in text
    assert '<a class="menu-item" href="/tests/?store=tea" aria-current="true">Tea</a>' in text


def test_switcher_leaves_a_report_for_the_list_of_the_other_store(client, member_of_two):
    experiment = factories.make_experiment(member_of_two.memberships.first().store)
    text = page(client, f"/tests/beans/{experiment.key}/")
    assert 'href="/tests/?store=beans" aria-current="true">Beans</a>' in text
    assert 'href="/tests/?store=tea">Tea</a>' in text


def test_member_of_one_store_has_nothing_to_switch(client):
    client.force_login(factories.make_user(factories.make_store(name="Beans")))
    text = page(client, "/tests/")
    assert "Beans" in text
    assert "All stores" not in text


def test_page_of_one_store_is_about_the_first_where_a_test_runs(client, member_of_two):
    assert "Moments of Beans" in page(client, "/moments/")
    factories.make_experiment(Store.objects.get(slug="tea"), status=Status.RUNNING)
    assert "Moments of Tea" in page(client, "/moments/")
    assert "Moments of Beans" in page(client, "/moments/?store=beans")


@pytest.mark.parametrize("slug", ["foreign", "missing", "no store\x00"])
def test_store_that_is_not_the_members_is_not_found(client, member_of_two, slug):
    factories.make_store(slug="foreign")
    response = client.get("/tests/", {"store": slug})
    assert response.status_code == 404
    assert 'class="top-link"' in response.content.decode()


def test_stranger_on_a_missing_page_sees_no_menu(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'class="top-link"' not in response.content.decode()


def test_list_of_one_store_leaves_the_others_out(client, member_of_two):
    beans, tea = (membership.store for membership in member_of_two.memberships.order_by("store__slug"))
    factories.make_experiment(beans, name="Grinder")
    factories.make_experiment(tea, name="Kettle")
    text = page(client, "/tests/?store=tea")
    assert "Kettle" in text
    assert "Grinder" not in text


@pytest.mark.parametrize("is_staff", [True, False])
def test_admin_is_linked_for_staff_alone(client, is_staff):
    client.force_login(factories.make_user(factories.make_store(), is_staff=is_staff))
    assert ('href="/admin/"' in page(client, "/tests/")) is is_staff
