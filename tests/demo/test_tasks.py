"""The worker's job for the demo."""

import pytest

from demo import tasks
from demo.after_order import customers, making
from tests.factories import make_store

pytestmark = pytest.mark.django_db


def test_job_queues_the_next_part_until_none_is_left(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make_store(slug="demo")
    answers = [True, False]
    queued: list[str] = []
    monkeypatch.setattr(making, "make_some", lambda store, address, now: answers.pop(0))
    monkeypatch.setattr(tasks, "make_later", queued.append)
    tasks.begin_making("http://127.0.0.1:9")
    assert making.progress() == (0, customers.DAYS)
    tasks.make_customers("http://127.0.0.1:9")
    tasks.make_customers("http://127.0.0.1:9")
    assert queued == ["http://127.0.0.1:9"] * 2
