"""What is done once a day for each test, store by store."""

from datetime import timedelta

import pytest

from experiments.running.once_a_day import is_due, work_by_store
from tests import factories
from tests.factories import NOON


@pytest.mark.parametrize(("hours", "expected"), [(0, False), (19, False), (19.99, False), (20, True), (48, True)])
def test_is_due_after_twenty_hours(hours, expected):
    assert is_due(NOON.isoformat(), NOON + timedelta(hours=hours)) is expected


def test_is_due_where_it_was_never_done():
    assert is_due(None, NOON) is True


@pytest.mark.django_db
def test_work_by_store_is_called_once_a_store_with_its_tests_in_their_order():
    first, second = factories.make_store(), factories.make_store()
    experiments = [factories.make_experiment(store) for store in (first, second, first)]
    calls = []
    done = work_by_store(experiments, lambda store, tests: calls.append((store, list(tests))), fault="%s failed")
    assert done == 3
    assert calls == [(first, [experiments[0], experiments[2]]), (second, [experiments[1]])]


@pytest.mark.django_db
def test_work_by_store_of_one_that_fails_is_logged_and_keeps_no_other_waiting(caplog):
    broken, sound = factories.make_experiment(), factories.make_experiment()

    def work(store, tests):
        if store == broken.store:
            raise ValueError("unreadable")

    assert work_by_store([broken, sound], work, fault="%s can't be worked on") == 1
    assert f"{broken.store.slug} can't be worked on" in caplog.text
