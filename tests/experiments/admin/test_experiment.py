"""Experiments in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import AuditEntry, Experiment, Role, Source, Status, Store
from experiments.running import lifecycle
from experiments.snapshots import take_snapshot
from tests import factories
from tests.experiments.admin.conftest import client_of
from tests.experiments.admin.forms import errors_of, page_data, submit

pytestmark = pytest.mark.django_db
ADD = "/admin/experiments/experiment/add/"


def change_url(experiment: Experiment) -> str:
    return reverse("admin:experiments_experiment_change", args=[experiment.pk])


def draft(store: Store, **fields: Any) -> Experiment:
    return factories.make_experiment(store, status=Status.DRAFT, started_at=None, **fields)


def new_test(client: Client, store: Store, **changes: Any) -> Any:
    fields = {
        "store": store.pk,
        "name": "Care balm in the cart",
        "key": "care-balm",
        "moment": "cart",
        "variants__0__key": "control",
        "variants__0__is_control": "on",
        "variants__1__key": "with-reason",
    }
    return submit(client, ADD, **(fields | changes))


def test_experiment_is_made_with_its_variants(editor_client, store):
    assert new_test(editor_client, store).status_code == 302
    experiment = Experiment.objects.get(key="care-balm")
    assert experiment.status == Status.DRAFT
    assert list(experiment.variants.values_list("key", "is_control")) == [("control", True), ("with-reason", False)]


@pytest.mark.slow
def test_experiment_made_and_changed_leaves_its_trace(editor_client, store):
    new_test(editor_client, store)
    experiment = Experiment.objects.get(key="care-balm")
    submit(editor_client, change_url(experiment), traffic_share="50", name="Balm")
    submit(editor_client, change_url(experiment))
    entries = list(experiment.audit_entries.order_by("pk"))
    assert [entry.action for entry in entries] == ["created", "changed"]
    assert entries[1].actor == editor_client.get(ADD).wsgi_request.user.get_username()
    assert entries[1].detail == {"name": ["Care balm in the cart", "Balm"], "traffic_share": [1.0, 0.5]}


@pytest.mark.slow
@pytest.mark.parametrize("field", ["status", "decision", "rolled_out_variant"])
def test_what_the_life_of_a_test_sets_cannot_be_typed(editor_client, store, field):
    experiment = draft(store)
    assert field not in page_data(editor_client, change_url(experiment))
    submit(editor_client, change_url(experiment), **{field: "running"})
    experiment.refresh_from_db()
    assert (experiment.status, experiment.decision, experiment.rolled_out_variant) == (Status.DRAFT, "", None)


@pytest.mark.slow
def test_page_of_a_test_leads_to_its_checklist_or_its_report(editor_client, store):
    waiting, running = draft(store), factories.make_experiment(store)
    assert f"/tests/tea/{waiting.key}/launch/" in editor_client.get(change_url(waiting)).content.decode()
    assert f"/tests/tea/{running.key}/" in editor_client.get(change_url(running)).content.decode()


@pytest.mark.slow
def test_history_of_a_test_is_its_part_of_the_audit_log(editor_client, store):
    experiment, other = factories.make_experiment(store), factories.make_experiment(store)
    lifecycle.pause(experiment=experiment, actor="ada", reason="Stock is low")
    lifecycle.pause(experiment=other, actor="grace", reason="Closed")
    history = reverse("admin:experiments_experiment_history", args=[experiment.pk])
    page = editor_client.get(history, follow=True).content.decode()
    assert "ada" in page
    assert "grace" not in page
    entry = AuditEntry.objects.get(actor="ada")
    shown = editor_client.get(f"/admin/experiments/auditentry/{entry.pk}/change/").content.decode()
    assert "Status: Running → Paused" in shown


def test_archive_takes_what_may_be_archived_and_says_why_not(editor_client, store):
    over, running = factories.make_experiment(store, status=Status.STOPPED), factories.make_experiment(store)
    foreign = factories.make_experiment(status=Status.STOPPED)
    chosen = {"action": "archive_tests", "_selected_action": [over.pk, running.pk, foreign.pk]}
    page = editor_client.post(reverse("admin:experiments_experiment_changelist"), chosen, follow=True).content.decode()
    assert "Archived 1 of 2 tests" in page
    assert "can&#x27;t become archived" in page
    statuses = {one.pk: one.status for one in Experiment.objects.all()}
    assert statuses == {over.pk: "archived", running.pk: "running", foreign.pk: "stopped"}


def test_experiment_saved_without_change_of_status_keeps_its_times(editor_client, store):
    experiment = factories.make_experiment(store)
    submit(editor_client, change_url(experiment), name="Other name")
    experiment.refresh_from_db()
    assert (experiment.name, experiment.started_at) == ("Other name", factories.NOON)


def test_two_controls_are_refused(editor_client, store):
    assert "Only one variant" in errors_of(new_test(editor_client, store, variants__1__is_control="on"))


def test_same_key_twice_is_refused(editor_client, store):
    assert "key" in errors_of(new_test(editor_client, store, variants__1__key="control"))


def test_control_is_handed_over_in_one_save(editor_client, store):
    experiment = draft(store)
    url = change_url(experiment)
    response = submit(editor_client, url, variants__0__is_control=None, variants__1__is_control="on")
    assert response.status_code == 302
    assert experiment.variants.get(is_control=True).key == "treatment"


def test_variants_of_a_started_test_are_frozen(editor_client, store):
    experiment = factories.make_experiment(store)
    url = change_url(experiment)
    assert "variants-0-weight" not in page_data(editor_client, url)
    response = submit(
        editor_client, url, variants__0__weight="9", variants__0__DELETE="on", variants__1__name="With a reason"
    )
    assert response.status_code == 302
    assert list(experiment.variants.values_list("weight", flat=True)) == [1, 1]
    assert experiment.variants.get(key="treatment").name == "With a reason"


def test_targeting_of_a_running_test_is_frozen(editor_client, store):
    experiment = factories.make_experiment(store)
    assert "targeting" not in page_data(editor_client, change_url(experiment))


def test_taken_key_is_a_field_error(editor_client, store):
    factories.make_experiment(store, key="care-balm")
    assert "already exists" in errors_of(new_test(editor_client, store))


def test_key_and_store_stay_as_they_were_made(editor_client, store):
    experiment = factories.make_experiment(store, key="care-balm")
    submit(editor_client, change_url(experiment), key="other", store=factories.make_store().pk)
    experiment.refresh_from_db()
    assert (experiment.key, experiment.store) == ("care-balm", store)


def test_imported_test_without_moment_can_be_changed(editor_client, store):
    experiment = draft(store, source=Source.IMPORTED, moment="")
    assert submit(editor_client, change_url(experiment), learning="E-mails work").status_code == 302
    experiment.refresh_from_db()
    assert (experiment.learning, experiment.moment) == ("E-mails work", "")


@pytest.mark.slow
def test_cap_is_typed_in_the_stores_currency(editor_client):
    yen = factories.make_store(currency="JPY")
    client = client_of(yen, Role.EDITOR)
    experiment = draft(yen)
    assert submit(client, change_url(experiment), cap_minor="5000").status_code == 302
    experiment.refresh_from_db()
    assert experiment.cap_minor == 5000
    assert page_data(client, change_url(experiment))["cap_minor"] == "5000"
    assert "JPY has no decimals" in errors_of(submit(client, change_url(experiment), cap_minor="50.5"))


def test_cap_stays_once_the_test_has_started(editor_client, store):
    experiment = factories.make_experiment(store, cap_minor=4_000)
    submit(editor_client, change_url(experiment), cap_minor="50.00")
    experiment.refresh_from_db()
    assert experiment.cap_minor == 4_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("targeting-0-0-field", "shoe_size"),
        ("targeting-0-0-op", "is"),
        ("targeting-0-0-text", "phone"),
        ("targeting-json", "{"),
        ("targeting-json", "[1]"),
        ("targeting-json", '{"field": "shoe_size", "op": "is", "value": "9"}'),
        ("targeting-json", '{"all": ' * 5_000),
        ("targeting-json", '{"field": "path", "op": "is", "value": "\\u0000"}'),
        ("targeting-json", '{"field": "path", "op": "is", "value": "\\ud800"}'),
        ("guardrails-conversion", "much"),
        ("guardrails-conversion", "NaN"),
        ("guardrails-conversion", "1e999"),
        ("guardrails-conversion", "-1"),
        ("guardrails-aov", "100.5"),
        ("traffic_share", "101"),
        ("traffic_share", "inf"),
        ("priority", "40000"),
        ("alpha", "0"),
        ("prior_sd", "-1"),
        ("planned_looks", "0"),
        ("attribution_window_days", "0"),
        ("planned_sample", "-5"),
        ("cap_minor", "-1"),
        ("cap_minor", "1e40"),
        ("cap_minor", "NaN"),
        ("cap_minor", "1.005"),
        ("starts_at_0", "tomorrow"),
        ("goal_metric", "luck"),
        ("moment", ""),
        ("name", ""),
        ("variants-0-key", "not a slug"),
        ("variants-0-weight", "0"),
        ("variants-0-weight", "99999999999"),
    ],
)
def test_bad_value_is_a_field_error(editor_client, store, field, value):
    experiment = draft(store, targeting={}, name="Kept")
    response = submit(editor_client, change_url(experiment), **{field: value})
    assert errors_of(response).strip()
    experiment.refresh_from_db()
    assert (experiment.name, experiment.targeting) == ("Kept", {})


def test_end_before_the_start_is_a_field_error(editor_client, store):
    response = submit(
        editor_client,
        change_url(draft(store)),
        starts_at_0="2026-12-02",
        starts_at_1="10:00:00",
        ends_at_0="2026-12-01",
        ends_at_1="10:00:00",
    )
    assert "ends_at" in errors_of(response)


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after", "is_kept"), [("", 500, False), (500, "", False), (500, 900, True)])
def test_plan_neither_comes_nor_goes_after_the_first_look(editor_client, store, before, after, is_kept):
    experiment = factories.make_experiment(store, planned_sample=before or None)
    url = change_url(experiment)
    for planned in (after, before):
        assert submit(editor_client, url, planned_sample=planned).status_code == 302
    take_snapshot(experiment)
    assert submit(editor_client, url, planned_sample=after).status_code == 302, "what nobody has decided by is no look"
    submit(editor_client, url, planned_sample=before)
    take_snapshot(experiment, is_look=True)
    response = submit(editor_client, url, planned_sample=after)
    assert response.status_code == 302 if is_kept else "planned_sample" in errors_of(response)
    experiment.refresh_from_db()
    assert experiment.planned_sample == ((after if is_kept else before) or None)


@pytest.mark.slow
def test_good_targeting_and_guardrails_are_kept(editor_client, store):
    experiment = draft(store)
    response = submit(
        editor_client,
        change_url(experiment),
        **{
            "targeting-0-0-field": "cart_value_minor",
            "targeting-0-0-op": "at_least",
            "targeting-0-0-text": "50",
            "guardrails-conversion": "5",
        },
    )
    assert response.status_code == 302, errors_of(response)
    experiment.refresh_from_db()
    assert experiment.targeting == {"field": "cart_value_minor", "op": "at_least", "value": 5000}
    assert experiment.guardrails == [{"metric": "conversion", "margin": -0.05}]
    page = editor_client.get(change_url(experiment)).content.decode()
    assert 'value="50.00"' in page
    assert "No page requested an offer at this moment" in page


@pytest.mark.slow
def test_targeting_says_how_much_of_last_week_matches(editor_client, store):
    experiment = draft(store, targeting={"field": "device", "op": "is", "value": "phone"})
    now = timezone.now()
    group = SampleGroup(store.pk, experiment.moment, now.date())
    decision_counts.add({CountKey(store.pk, now.date(), experiment.moment, None, "served"): Count(400, now, now)})
    contexts = [Context(device="phone")] * 3 + [Context(device="desktop")]
    decision_samples.add({group: [Ranked(0.1 * rank, context) for rank, context in enumerate(contexts)]})
    page = editor_client.get(change_url(experiment)).content.decode()
    assert "75% of last week&#x27;s 400 requests" in page


def test_saving_without_a_change_keeps_the_targeting_and_leaves_no_trace(editor_client, store):
    rules = {"all": [{"field": "device", "op": "is", "value": "phone"}, {"field": "hour", "op": "at_most", "value": 9}]}
    experiment = draft(store, targeting=rules)
    assert submit(editor_client, change_url(experiment)).status_code == 302
    experiment.refresh_from_db()
    assert experiment.targeting == rules
    assert not experiment.audit_entries.exists()


@pytest.mark.parametrize(("started_at", "status"), [(None, 200), (factories.NOON, 403)])
def test_only_a_test_that_never_ran_can_be_deleted(admin_of_store_client, store, started_at, status):
    experiment = factories.make_experiment(store, started_at=started_at)
    url = f"/admin/experiments/experiment/{experiment.pk}/delete/"
    assert admin_of_store_client.get(url).status_code == status
