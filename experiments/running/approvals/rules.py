"""Which steps a store wants approved, and who may approve them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from experiments import audit
from experiments.models import ApprovalRule, ApprovedStep, AuditAction, Decision, Experiment, Role, Store

APPROVERS = (Role.EDITOR, Role.ADMIN)
FEWEST_APPROVERS = 2  # who asks can't approve


class TooFewApproversError(Exception):
    """The store has nobody who could approve what another member asks for."""


def approvers(store: Store) -> QuerySet[User]:
    """Return the members who may approve: active editors and admins. Viewers may only look and comment."""
    return User.objects.filter(is_active=True, memberships__store=store, memberships__role__in=APPROVERS)


def can_be_approved(store: Store) -> bool:
    """Whether there is a second person."""
    return approvers(store).count() >= FEWEST_APPROVERS


def is_rule_met(experiment: Experiment, step: ApprovedStep, terms: Mapping[str, Any]) -> bool:
    """Whether the store wants this step approved; pausing, stopping, and archiving are never such steps."""
    rules = experiment.store.approval_rules
    if step != ApprovedStep.CONCLUDE:
        return ApprovalRule.LAUNCH in rules
    if ApprovalRule.ROLL_OUT in rules and terms.get("decision") == Decision.ROLL_OUT:
        return True
    return ApprovalRule.AGAINST_VERDICT in rules and bool(terms.get("is_against_verdict"))


def choose_rules(store: Store, rules: Sequence[str], *, actor: str) -> None:
    """Store what needs approval, with an entry of the trail. Raises ``TooFewApproversError``."""
    with transaction.atomic():
        # Against a member who is removed at this instant: the row is the one that removing locks, too.
        locked = Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        if rules and not can_be_approved(locked):
            raise TooFewApproversError(
                _("Approval needs two members who are editors or admins. Add another one before you turn it on.")
            )
        before, after = locked.approval_rules, [rule for rule in ApprovalRule.values if rule in rules]
        if before == after:
            return
        locked.approval_rules = after
        locked.save(update_fields=["approval_rules", "updated_at"])
        audit.record(
            store=locked, action=AuditAction.APPROVAL_RULES, actor=actor, detail={"approval_rules": [before, after]}
        )
    store.approval_rules = after
