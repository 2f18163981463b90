"""The page with all terms."""

from html import unescape

import pytest

from dashboard.glossary.terms import TERMS
from tests import factories

pytestmark = pytest.mark.django_db


def test_page_has_every_term_with_its_meaning(client):
    client.force_login(factories.make_user())
    page = unescape(client.get("/glossary/").content.decode())
    for term in TERMS:
        assert term.name in page
        assert term.meaning in page


def test_page_needs_a_reader_who_is_logged_in(client):
    assert client.get("/glossary/").status_code == 302
