"""Approval by a second person, from asking to the step."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from experiments.models import Approval, Decision, Role, Status
from tests import factories
from tests.checkout_widgets.launching.drafts import ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Browsers of an editor, an admin, and a viewer, by name, with the store."""
    store = factories.make_store(slug="tea", approval_rules=["launch", "roll_out", "against_verdict"])
    found: dict[str, Any] = {"store": store}
    for name, role in (("ada", Role.EDITOR), ("ben", Role.ADMIN), ("viv", Role.VIEWER)):
        found[name] = Client()
        found[name].force_login(factories.make_user(store, role=role, username=name))
    return found


@pytest.mark.slow
def test_launch_is_asked_for_approved_and_taken(people, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON)
    experiment = ready(store=people["store"], key="cup", name="Cup")
    launch = "/tests/tea/cup/launch/"
    assert "Ask for approval" in people["ada"].get(launch).content.decode()
    page = people["ada"].post(launch, {"ramp": "none", "is_pausing_on_harm": "on"}, follow=True).content.decode()
    assert "You have asked for approval to launch “Cup”." in page
    assert "ada asks to launch this test" in page
    approval = Approval.objects.get()
    answer = f"/tests/tea/cup/approvals/{approval.pk}/approve/"
    assert answer not in page
    people["ada"].post(answer)
    assert people["viv"].post(answer).status_code == 403
    approval.refresh_from_db()
    assert approval.state == "asked"
    assert answer in people["ben"].get(launch).content.decode()
    people["ben"].post(answer, {"answer": "Fine"})
    page = people["ada"].get(launch).content.decode()
    assert "Approved by ben" in page
    people["ada"].post(f"/tests/tea/cup/approvals/{approval.pk}/take/")
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING


@pytest.mark.slow
def test_roll_out_is_asked_for_approved_and_taken_with_what_was_written(people):
    experiment = factories.make_live_experiment(people["store"], key="cup")
    treatment = experiment.variants.get(key="treatment")
    said = {"decision": "roll_out", "rolled_out_variant": treatment.pk, "learning": "It sells", "next_step": "Dearer"}
    conclude = "/tests/tea/cup/steps/conclude/"
    answer = people["ada"].post(conclude, said)
    assert answer.status_code == 422
    assert "goes against the verdict" in answer.content.decode()
    people["ada"].post(conclude, {**said, "reason": "The season ends"})
    approval = Approval.objects.get()
    page = people["ben"].get("/tests/tea/cup/").content.decode()
    for text in ("It sells", "Dearer", "The season ends", "This decision goes against the verdict."):
        assert text in page
    people["ben"].post(f"/tests/tea/cup/approvals/{approval.pk}/approve/")
    people["ben"].post(f"/tests/tea/cup/approvals/{approval.pk}/take/")
    experiment.refresh_from_db()
    kept = (experiment.decision, experiment.rolled_out_variant, experiment.learning, experiment.next_step)
    assert kept == (Decision.ROLL_OUT, treatment, "It sells", "Dearer")


def test_stop_and_pause_ask_for_nothing(people):
    for step, status in (("pause", Status.PAUSED), ("stop", Status.STOPPED)):
        experiment = factories.make_live_experiment(people["store"], key=step)
        assert people["ada"].post(f"/tests/tea/{step}/steps/{step}/").status_code == 302
        experiment.refresh_from_db()
        assert experiment.status == status


def test_rolled_out_variant_is_taken_back_without_asking(people):
    experiment = factories.make_live_experiment(
        people["store"], key="cup", status=Status.CONCLUDED, decision=Decision.ROLL_OUT
    )
    assert people["ada"].post("/tests/tea/cup/steps/fall-back/").status_code == 302
    experiment.refresh_from_db()
    assert experiment.status == Status.ARCHIVED


def test_request_of_another_test_or_store_is_not_found(people):
    other = factories.make_live_experiment(factories.make_store(), status=Status.DRAFT)
    approval = Approval.objects.create(
        experiment=other, step="launch", asked_by_name="eve", asked_at=factories.NOON, covers={}
    )
    factories.make_live_experiment(people["store"], key="cup")
    for url in ("withdraw/", "take/", "approve/", "decline/"):
        assert people["ben"].post(f"/tests/tea/cup/approvals/{approval.pk}/{url}").status_code == 404
    approval.refresh_from_db()
    assert approval.state == "asked"


@pytest.mark.slow
def test_lapsed_request_says_what_changed_and_can_be_withdrawn(people):
    experiment = factories.make_live_experiment(people["store"], key="cup", status=Status.PAUSED)
    people["ada"].post("/tests/tea/cup/steps/resume/", {"reason": "Mended"})
    approval = Approval.objects.get()
    experiment.variants.update(weight=5)
    page = people["ben"].get("/tests/tea/cup/").content.decode()
    assert "because this has changed since: variants" in page
    assert f"/approvals/{approval.pk}/approve/" not in page
    people["ada"].post(f"/tests/tea/cup/approvals/{approval.pk}/withdraw/")
    approval.refresh_from_db()
    assert approval.state == "withdrawn"
