"""Who sees what: behind login, and the member's stores alone."""

import pytest
from django.urls import reverse

from experiments.models import Experiment
from tests import factories

pytestmark = pytest.mark.django_db


def report_url(experiment: Experiment, name: str = "report") -> str:
    return reverse(f"dashboard:{name}", args=[experiment.store.slug, experiment.key])


@pytest.mark.parametrize("path", ["/tests/", "/tests/store/experiment/", "/", "/setup/", "/moments/", "/playbook/"])
def test_page_without_login_leads_to_login_and_back(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={path}"


def test_login_right_password_opens_the_overview(client):
    factories.make_user(username="ada", password="right")
    response = client.post("/login/", {"username": "ada", "password": "right"}, follow=True)
    assert response.redirect_chain[-1][0] == "/"


def test_login_wrong_password_says_so_and_keeps_the_name(client):
    response = client.post("/login/", {"username": "<ada>", "password": "wrong"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "correct username and password" in page
    assert 'value="&lt;ada&gt;"' in page


def test_login_foreign_next_is_ignored(client):
    factories.make_user(username="ada", password="right")
    response = client.post("/login/?next=https://evil.example/", {"username": "ada", "password": "right"})
    assert response["Location"] == "/"


def test_logout_ends_the_session(client):
    client.force_login(factories.make_user())
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/tests/").status_code == 302


def test_list_shows_the_members_stores_alone(client):
    mine = factories.make_experiment(name="Tea towel")
    factories.make_experiment(name="Foreign offer")
    client.force_login(factories.make_user(mine.store))
    page = client.get("/tests/").content.decode()
    assert "Tea towel" in page
    assert "Foreign offer" not in page


def test_report_foreign_store_is_not_found(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get(report_url(experiment)).status_code == 404


def test_report_superuser_without_membership_is_not_found(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(is_superuser=True, is_staff=True))
    assert client.get(report_url(experiment)).status_code == 404


def test_report_own_store_is_shown(client):
    experiment = factories.make_experiment(name="<b>Tea</b> towel")
    client.force_login(factories.make_user(experiment.store))
    page = client.get(report_url(experiment)).content.decode()
    assert "&lt;b&gt;Tea&lt;/b&gt; towel" in page
