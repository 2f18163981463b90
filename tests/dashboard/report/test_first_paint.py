"""How soon a report is there from its stored result. By the clock, ``python -m bench.first_paint`` measures it."""

from time import process_time

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from bench.rows import load
from experiments.accounting.rebuild import rebuild
from experiments.snapshots import take_snapshot
from tests import factories
from tests.dashboard.report.finished import url_of

# 100 ms of an idle machine, on which a page that reads nothing takes 5.3 ms (docs/performance.md).
MOST_OF_A_BARE_PAGE = 100 / 5.3
BARE_PAGE = "/account/password/"
ROUNDS = 7


def seconds_of(client: Client, address: str) -> float:
    """The processor time of a page, to its last byte."""
    began = process_time()
    response = client.get(address)
    assert len(response.content)
    assert response.status_code == 200
    return process_time() - began


@pytest.mark.slow(seconds=10)
@pytest.mark.django_db
def test_stored_report_of_90_days_takes_no_more_than_its_bar_beside_a_bare_page(client):
    cache.clear()
    experiment = factories.make_experiment(cap_minor=20_000)
    load(experiment, 4_500, lambda done: None)
    rebuild(experiment)
    take_snapshot(experiment, now=timezone.now())
    client.force_login(factories.make_user(experiment.store))
    stored, bare = url_of(experiment), BARE_PAGE
    for address in (stored, bare):  # templates are compiled once a process
        seconds_of(client, address)
    # In turns, so that whatever slows the machine slows both; the least is what the pages themselves take.
    times = [(seconds_of(client, stored), seconds_of(client, bare)) for _ in range(ROUNDS)]
    of_stored, of_bare = (min(one) for one in zip(*times, strict=True))
    assert of_stored / of_bare < MOST_OF_A_BARE_PAGE
