"""Messages go out by statements that are planned for the tables as they are."""

import pytest
from django.db import connection
from django.utils import timezone

from journeys.sending import switches
from journeys.sending.handing_over import send_due
from journeys.sending.table_statistics import TABLES, analyze_if_believed_empty
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db


def counted() -> set[float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = ANY(%s::regclass[])", [TABLES])
        return {count for (count,) in cursor.fetchall()}


def test_tables_that_were_counted_while_they_were_empty_are_counted_anew(server, django_assert_num_queries):
    store = factories.make_store()
    make_sender(store)
    step = make_step(store)
    switches.switch()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    assert counted() == {0}
    for number in range(3):
        make_message(step, f"c{number}@shop.example")
    assert send_due(timezone.now()) == 3
    assert counted() == {3}
    with django_assert_num_queries(1):
        analyze_if_believed_empty()
