"""The report of a test on customers: in their words, with the year after."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.report.long_term import long_term_rows
from experiments.accounting.orders import record_orders
from experiments.models import Experiment
from experiments.snapshots import analyse
from journeys.models import SendPoint
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.experiments.accounting.outcomes_of_orders import order
from tests.journeys import followups

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
    assert findings.count("Attributed revenue") == 1
    assert "Incremental revenue is shown when the test is decided" in findings
    assert "The year after" in findings
    texts = re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", " ", findings, flags=re.DOTALL)
    assert re.findall(r".{30}(?<![\w/.-])visitors?(?![\w/-]).{10}", texts, re.IGNORECASE) == []
    assert "Revenue per customer" in texts
    assert "Care for visitors" in page  # as somebody named it


def test_report_of_a_message_holdout_has_the_year_after_and_whose_visitor_is_known():
    began = timezone.now() - timedelta(days=370)
    store = followups.make_sending_store()
    holdout = followups.hold_out(store, 0.5)
    Experiment.with_holdouts.filter(pk=holdout.pk).update(started_at=began)
    held_out, messages = holdout.variants.get(key="held-out"), holdout.variants.get(key="messages")
    bought = {held_out: (10,), messages: (10, 100, 200, 364)}
    orders = []
    for number in range(60):
        variant = (held_out, messages)[number % 2]
        reach(variant, f"i_{number}", began, prior_order_minor=1000)
        if number % 6 < 2:
            for days in bought[variant]:
                at = began + timedelta(days=days)
                orders.append(order(f"{number} {days}", "", customer_id=str(number), placed_at=at))
    record_orders(store, orders)
    report = analyse(holdout)
    assert (report.unit, report.source) == ("customer", "holdout")
    # ten of thirty in each arm ordered, at 10.00 each
    found = {(one.horizon_days, one.variant): (one.units, one.buyers, one.orders) for one in report.long_term}
    assert found == {
        (90, "held-out"): (30, 10, 10), (90, "messages"): (30, 10, 10),
        (180, "held-out"): (30, 10, 10), (180, "messages"): (30, 10, 20),
        (365, "held-out"): (30, 10, 10), (365, "messages"): (30, 10, 40),
    }  # fmt: skip
    contact = followups.make_contact(store)
    journey = followups.make_journey(store)
    run = followups.make_run(journey, contact)
    SendPoint.objects.create(
        run=run, step=followups.step_of(journey), store=store, contact=contact, at=timezone.now(), verdict="send"
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(factories.make_user(store))
    page = client.get(reverse("dashboard:report", args=[store.slug, holdout.key])).content.decode()
    assert re.search(r"Customers without a known browser.*?100\.0%", page, re.DOTALL)
    assert "Attributed revenue" not in page
    listed = client.get(f"/journeys/?store={store.slug}").content.decode()
    assert f"/tests/{store.slug}/message-holdout/" in listed
    assert "50% of customers get no message" in listed
    assert "100% of the customers who were due" in listed
