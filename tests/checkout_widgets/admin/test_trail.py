"""A change of what shoppers see leaves a trace in the test's trail."""

import pytest
from django.urls import reverse

from experiments.models import AuditAction, Status
from tests import factories
from tests.experiments.admin.forms import submit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_changed_widget_is_traced_in_its_test(editor_client, store):
    experiment = factories.make_live_experiment(store)
    widget = experiment.variants.get(key="treatment").widget
    url = reverse("admin:checkout_widgets_widget_change", args=[widget.pk])
    assert submit(editor_client, url, headline="New words").status_code == 302
    entry = experiment.audit_entries.get()
    assert (entry.action, entry.reason) == (AuditAction.CHANGED, "Widget of Treatment")
    assert entry.detail == {"headline": ["Goes well with tea", "New words"]}
    submit(editor_client, url)
    assert experiment.audit_entries.count() == 1


def test_changed_offer_is_traced_in_every_test_that_sells_it_and_isnt_over(editor_client, store):
    offer = factories.make_offer(store, name="Care balm")
    running, draft, over = (
        factories.make_experiment(store, status=status) for status in (Status.RUNNING, Status.DRAFT, Status.STOPPED)
    )
    for experiment in (running, draft, over):
        factories.make_widget(experiment.variants.get(key="treatment"), offer)
    url = reverse("admin:checkout_widgets_offer_change", args=[offer.pk])
    assert submit(editor_client, url, price_minor="8.50").status_code == 302
    entry = running.audit_entries.get()
    assert (entry.reason, entry.detail) == ("Offer Care balm", {"price_minor": [990, 850]})
    assert draft.audit_entries.count() == 1
    assert over.audit_entries.count() == 0
