"""The report of a test on customers: in their words, with the year after."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.report.long_term import long_term_rows
from experiments.accounting.orders import record_orders
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.experiments.accounting.outcomes_of_orders import order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def experiment():
    """A test whose customers were reached a hundred days ago; every third of them has ordered."""
    began = timezone.now() - timedelta(days=100)
    experiment = factories.make_customer_experiment(started_at=began, name="Care for visitors")
    variants = list(experiment.variants.all())
    orders = []
    for number in range(90):
        reach(variants[number % 2], f"i_{number}", began, prior_order_minor=1000)
        if number % 3 == 0:
            orders.append(order(str(number), "", customer_id=str(number), placed_at=began + timedelta(days=10)))
    record_orders(experiment.store, orders)
    return experiment


def test_rows_have_the_variants_names_by_horizon_control_first(experiment):
    rows = long_term_rows(analyse(experiment))
    assert [(row.result.horizon_days, row.name) for row in rows[:3]] == [
        (90, "Control"),
        (90, "Treatment"),
        (180, "Control"),
    ]
    assert (rows[0].result.units, rows[0].result.buyers) == (45, 15)


def test_page_speaks_of_customers_and_shows_the_year_after(experiment):
    client = Client(SERVER_NAME="localhost")
    client.force_login(factories.make_user(experiment.store))
    page = client.get(reverse("dashboard:report", args=[experiment.store.slug, experiment.key])).content.decode()
    findings = page[page.index('id="findings"') :]
    assert "The year after" in findings
    texts = re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", " ", findings, flags=re.DOTALL)
    assert re.findall(r".{30}(?<![\w/.-])visitors?(?![\w/-]).{10}", texts, re.IGNORECASE) == []
    assert "Revenue per customer" in texts
    assert "Care for visitors" in page  # as somebody named it
