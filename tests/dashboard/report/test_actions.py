"""What a member may do from a report, and what not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from experiments.models import AuditAction, AuditEntry, Decision, Experiment, Role, Source, Status
from tests import factories
from tests.dashboard.report.finished import url_of

pytestmark = pytest.mark.django_db


def step_url(experiment: Experiment, step: str) -> str:
    return reverse("dashboard:take_step", args=[experiment.store.slug, experiment.key, step])


@pytest.fixture
def experiment(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(experiment.store, username="ada"))
    return experiment


def test_pause_with_a_reason_pauses_and_is_kept_in_the_timeline(client, experiment):
    response = client.post(step_url(experiment, "pause"), {"reason": "The shop is closed."}, follow=True)
    experiment.refresh_from_db()
    assert experiment.status == Status.PAUSED
    entry = AuditEntry.objects.get(experiment=experiment)
    assert (entry.action, entry.actor, entry.reason) == (AuditAction.PAUSED, "ada", "The shop is closed.")
    page = response.content.decode()
    assert "is now paused" in page
    assert "The shop is closed." in page
    assert "Resume" in page


@pytest.mark.slow
def test_widen_ends_the_ramp_of_a_test_that_has_one(client, experiment):
    assert step_url(experiment, "widen") not in client.get(url_of(experiment)).content.decode()
    assert client.post(step_url(experiment, "widen"), {"reason": "It went well."}).status_code == 422
    Experiment.objects.update(ramp_plan=[{"share": 0.05, "days": 2}], ramped_at=factories.NOON)
    assert step_url(experiment, "widen") in client.get(url_of(experiment)).content.decode()
    response = client.post(step_url(experiment, "widen"), {"reason": "It went well."}, follow=True)
    experiment.refresh_from_db()
    assert experiment.served_share == 1
    page = response.content.decode()
    assert "It went well." in page
    assert step_url(experiment, "widen") not in page


def test_conclude_without_learning_and_next_step_asks_for_them_in_the_open_dialog(client, experiment):
    response = client.post(step_url(experiment, "conclude"), {"decision": "keep_control", "learning": " "})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="dialog-conclude" aria-labelledby="conclude-title" open' in page
    for field in ("learning", "next_step"):
        assert f'id="conclude-{field}_error">Write ' in page
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING


@pytest.mark.slow
def test_conclude_against_the_verdict_needs_a_reason_which_is_kept(client, experiment):
    treatment = experiment.variants.get(key="treatment")
    fields = {"decision": "roll_out", "rolled_out_variant": treatment.pk, "learning": "So", "next_step": "On"}
    response = client.post(step_url(experiment, "conclude"), fields)
    assert response.status_code == 422
    assert 'id="conclude-reason_error">This goes against the verdict:' in response.content.decode()
    assert client.post(step_url(experiment, "conclude"), {**fields, "reason": "The season"}).status_code == 302
    assert experiment.audit_entries.get(action=AuditAction.CONCLUDED).reason == "The season"
    fallen_back = client.post(step_url(experiment, "fall-back"))
    experiment.refresh_from_db()
    assert (fallen_back.status_code, experiment.status) == (302, Status.ARCHIVED)


@pytest.mark.slow
def test_ending_early_warns_and_what_ends_on_time_does_not(client, experiment):
    Experiment.objects.update(started_at=timezone.now() - timedelta(days=3), planned_days=14)
    page = client.get(url_of(experiment)).content.decode()
    assert page.count("You are ending this test early: it is on day 0 of 14 planned days") == 2, "stop and conclude"
    assert "Day 0 of 14" in page, "nobody was exposed yet: the report says the same"
    Experiment.objects.update(status=Status.STOPPED)
    assert "You are ending this test early" not in client.get(url_of(experiment)).content.decode()


def test_step_that_is_out_of_date_says_why_and_keeps_what_was_typed(client, experiment):
    Experiment.objects.update(status=Status.STOPPED)
    response = client.post(step_url(experiment, "pause"), {"reason": "Because <we> must"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "A test that is stopped can&#x27;t become paused." in page
    assert "Because &lt;we&gt; must" in page


def test_conclude_rolls_a_variant_out(client, experiment):
    treatment = experiment.variants.get(key="treatment")
    fields = {
        "decision": Decision.ROLL_OUT,
        "rolled_out_variant": treatment.pk,
        "learning": "It pays.",
        "next_step": "Test it at the payment.",
        "reason": "The season ends.",
    }
    assert client.post(step_url(experiment, "conclude"), fields).status_code == 302
    experiment.refresh_from_db()
    assert (experiment.status, experiment.decision) == (Status.CONCLUDED, Decision.ROLL_OUT)
    assert experiment.rolled_out_variant == treatment
    assert experiment.learning == "It pays."


@pytest.mark.parametrize("fields", [{"decision": "roll_out"}, {"decision": "sell"}, {}])
def test_conclude_without_a_whole_decision_changes_nothing(client, experiment, fields):
    assert client.post(step_url(experiment, "conclude"), fields).status_code == 422
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING


def test_conclude_another_tests_variant_is_refused(client, experiment):
    foreign = factories.make_experiment(experiment.store).variants.get(key="treatment")
    fields = {"decision": "roll_out", "rolled_out_variant": foreign.pk}
    assert client.post(step_url(experiment, "conclude"), fields).status_code == 422


def test_viewer_sees_no_button_and_may_not_act(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(experiment.store, role=Role.VIEWER))
    page = client.get(f"{url_of(experiment)}?do=pause").content.decode()
    assert "data-dialog" not in page
    assert "<dialog" not in page
    assert client.post(step_url(experiment, "pause"), {"reason": "x"}).status_code == 403
    assert client.post(reverse("dashboard:share", args=[experiment.store.slug, experiment.key])).status_code == 403


def test_step_of_a_foreign_store_is_not_found(client, experiment):
    foreign = factories.make_experiment()
    assert client.post(step_url(foreign, "pause"), {"reason": "x"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == Status.RUNNING


def test_step_unknown_is_not_found(client, experiment):
    assert client.post(step_url(experiment, "explode"), {"reason": "x"}).status_code == 404


def test_step_by_get_is_refused(client, experiment):
    assert client.get(step_url(experiment, "pause")).status_code == 405


def test_step_without_login_leads_to_login(client):
    experiment = factories.make_experiment()
    assert client.post(step_url(experiment, "pause"), {"reason": "x"})["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("status", "source", "offered"),
    [
        (Status.DRAFT, Source.LIVE, ["launch"]),
        (Status.SCHEDULED, Source.LIVE, ["launch"]),
        (Status.RUNNING, Source.LIVE, ["copy_test"]),
        (Status.CONCLUDED, Source.LIVE, ["copy_test"]),
        (Status.CONCLUDED, Source.IMPORTED, []),
    ],
)
def test_editors_find_the_launch_before_a_test_and_a_copy_after_it(client, experiment, status, source, offered):
    Experiment.objects.update(status=status, source=source)
    page = client.get(url_of(experiment)).content.decode()
    place = [experiment.store.slug, experiment.key]
    urls = {name: reverse(f"dashboard:{name}", args=place) for name in ("launch", "copy_test")}
    assert [name for name, url in urls.items() if f'"{url}"' in page] == offered


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CONCLUDED])
def test_viewer_finds_neither_launch_nor_copy(client, status):
    experiment = factories.make_experiment(status=status, started_at=None)
    client.force_login(factories.make_user(experiment.store, role=Role.VIEWER))
    page = client.get(url_of(experiment)).content.decode()
    assert "/launch/" not in page
    assert "/copy/" not in page


@pytest.mark.parametrize(
    ("status", "source", "offered"),
    [
        (Status.RUNNING, Source.LIVE, ["pause", "stop", "conclude"]),
        (Status.PAUSED, Source.LIVE, ["resume", "stop", "conclude"]),
        (Status.STOPPED, Source.LIVE, ["conclude"]),
        (Status.STOPPED, Source.IMPORTED, ["conclude"]),
        (Status.DRAFT, Source.LIVE, []),
        (Status.CONCLUDED, Source.LIVE, []),
    ],
)
def test_buttons_are_the_steps_that_can_be_taken(client, experiment, status, source, offered):
    Experiment.objects.update(status=status, source=source)
    page = client.get(url_of(experiment)).content.decode()
    steps = ("pause", "resume", "stop", "conclude")
    assert [name for name in steps if f'data-dialog="dialog-{name}"' in page] == offered
