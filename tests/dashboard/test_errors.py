"""Pages for when something went wrong."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from dashboard import shell
from dashboard.errors import server_error
from tests import factories


@pytest.fixture
def failing(monkeypatch):
    """Makes every page that needs the stores fail with this exception."""

    def fail_with(error: Exception) -> None:
        def fail(request):
            raise error

        monkeypatch.setattr(shell, "shell_of", fail)

    return fail_with


@pytest.fixture
def reader(db):
    """A logged-in client that sees error pages as a browser does."""
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user())
    return client


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_database_away_is_said_with_503_and_when_to_come_again(reader, failing, error):
    failing(error)
    response = reader.get("/tests/")
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "database isn" in response.content.decode()


def test_other_failure_is_a_500_that_tells_no_details(reader, failing):
    failing(ValueError("the secret is swordfish"))
    response = reader.get("/tests/")
    assert response.status_code == 500
    text = response.content.decode()
    assert "Something went wrong" in text
    assert "swordfish" not in text


def test_strangers_missing_page_needs_no_database(client):
    """Without the ``db`` fixture any query is an error."""
    assert client.get("/nowhere/").status_code == 404


def test_failure_page_needs_no_database(rf):
    assert server_error(rf.get("/tests/")).status_code == 500


def test_missing_page_keeps_the_menu_for_members(reader):
    response = reader.get("/nowhere/")
    assert response.status_code == 404
    assert 'class="top-link"' in response.content.decode()


def test_form_without_its_token_is_explained(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "ada", "password": "x"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_failure_page_comes_even_without_a_static_manifest(rf, settings):
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    page = server_error(rf.get("/tests/")).content.decode()
    assert 'href="/static/dashboard/console.css"' in page
