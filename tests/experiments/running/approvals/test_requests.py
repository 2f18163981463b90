"""Who may approve, and what becomes of a request."""

from typing import Any

import pytest

from experiments.models import Approval, ApprovalState, ApprovedStep, AuditAction, Role, Status
from experiments.running.approvals import requests
from experiments.running.lifecycle import LifecycleError
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    store = factories.make_store(approval_rules=["launch"])
    people = {
        "ada": factories.make_user(store, username="ada"),
        "ben": factories.make_user(store, username="ben", role=Role.ADMIN),
        "viv": factories.make_user(store, username="viv", role=Role.VIEWER),
        "gone": factories.make_user(store, username="gone", is_active=False),
        "foreign": factories.make_user(factories.make_store(), username="foreign", role=Role.ADMIN),
        "root": factories.make_user(username="root", is_superuser=True),
    }
    return {**people, "test": factories.make_live_experiment(store, status=Status.DRAFT, started_at=None)}


def asked(cast: dict[str, Any]) -> Approval:
    return requests.ask(experiment=cast["test"], step=ApprovedStep.LAUNCH, asker=cast["ada"])


@pytest.mark.parametrize("name", ["ada", "viv", "gone", "foreign", "root"])
def test_only_another_editor_or_admin_of_the_store_may_answer(cast, name):
    approval = asked(cast)
    assert not requests.may_answer(approval, cast[name])
    for answer in (requests.approve, requests.decline):
        with pytest.raises(LifecycleError) as raised:
            answer(approval=approval, user=cast[name], answer="")
        assert raised.value.code == "not_second"
    approval.refresh_from_db()
    assert approval.state == ApprovalState.ASKED


def test_approve_is_kept_with_who_and_in_the_trail(cast):
    approval = asked(cast)
    requests.approve(approval=approval, user=cast["ben"], answer="Looks right")
    approval.refresh_from_db()
    assert (approval.state, approval.answered_by, approval.answer) == ("approved", cast["ben"], "Looks right")
    entries = cast["test"].audit_entries.order_by("pk").values_list("action", "actor", "reason")
    assert list(entries) == [(AuditAction.APPROVAL_ASKED, "ada", ""), (AuditAction.APPROVED, "ben", "Looks right")]


def test_second_answer_is_refused(cast):
    approval = asked(cast)
    requests.decline(approval=approval, user=cast["ben"], answer="Too dear")
    with pytest.raises(LifecycleError, match="answered or withdrawn"):
        requests.approve(approval=approval, user=cast["ben"])


def test_approve_of_what_has_changed_since_is_refused(cast):
    approval = asked(cast)
    cast["test"].variants.filter(is_control=True).update(weight=3)
    with pytest.raises(LifecycleError, match="variants"):
        requests.approve(approval=approval, user=cast["ben"])


def test_newer_request_takes_the_older_ones_place(cast):
    first, second = asked(cast), asked(cast)
    assert dict(Approval.objects.values_list("pk", "state")) == {first.pk: "withdrawn", second.pk: "asked"}


def test_ask_where_nobody_else_may_approve_is_refused():
    store = factories.make_store(approval_rules=["launch"])
    ada = factories.make_user(store)
    factories.make_user(store, role=Role.VIEWER)
    experiment = factories.make_experiment(store, status=Status.DRAFT)
    with pytest.raises(LifecycleError) as raised:
        requests.ask(experiment=experiment, step=ApprovedStep.LAUNCH, asker=ada)
    assert raised.value.code == "no_approver"


def test_withdraw_is_noted_once(cast):
    approval = asked(cast)
    for _ in range(2):
        requests.withdraw(approval=approval, actor="ada")
    assert cast["test"].audit_entries.filter(action=AuditAction.APPROVAL_WITHDRAWN).count() == 1
