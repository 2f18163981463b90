"""A sample of ``python -m bench.links``: opening links changes nothing, and no forged one is accepted."""

import random
from itertools import islice

import pytest
from django.test import Client

from tests import factories
from tests.journeys.pages.every_link import forged, make_links, stored

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_opening_links_changes_nothing_but_what_was_fetched():
    links = make_links(factories.make_store())
    before, client = stored(), Client()
    for path, token in links.items():
        for _ in range(10):
            assert client.get(path + token).status_code == 200
    assert stored() == before


def test_forged_tokens_are_accepted_by_no_page():
    links = make_links(factories.make_store())
    before, client, chance = stored(), Client(), random.Random(18)
    for path, token in links.items():
        others = [other for other in links.values() if other != token]
        for wrong in [*others, *islice(forged(token, chance), 16)]:
            assert client.get(path + wrong).status_code == 404
            assert client.post(path + wrong, {"price_minor": "990", "all": "on"}).status_code in {404, 405}
    assert stored() == before
