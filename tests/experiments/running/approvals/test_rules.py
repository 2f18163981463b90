"""Which stores can want approval."""

import pytest

from experiments.models import AuditAction, Role
from experiments.running.approvals import rules
from tests import factories

pytestmark = pytest.mark.django_db


def test_choose_rules_is_refused_for_a_store_with_one_who_may_approve():
    store = factories.make_store()
    factories.make_user(store, role=Role.ADMIN)
    factories.make_user(store, role=Role.VIEWER)
    factories.make_user(store, role=Role.EDITOR, is_active=False)
    with pytest.raises(rules.TooFewApproversError):
        rules.choose_rules(store, ["launch"], actor="ada")
    store.refresh_from_db()
    assert store.approval_rules == []


def test_choose_rules_is_kept_in_the_trail_and_can_always_be_taken_back():
    store = factories.make_store()
    factories.make_user(store, role=Role.ADMIN)
    second = factories.make_user(store)
    rules.choose_rules(store, ["roll_out", "launch"], actor="ada")
    assert store.approval_rules == ["launch", "roll_out"]
    entry = store.audit_entries.get(action=AuditAction.APPROVAL_RULES)
    assert (entry.actor, entry.detail) == ("ada", {"approval_rules": [[], ["launch", "roll_out"]]})
    second.delete()
    rules.choose_rules(store, [], actor="ada")
    store.refresh_from_db()
    assert store.approval_rules == []
