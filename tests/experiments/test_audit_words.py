"""Entries of the audit trail in words."""

from datetime import UTC, datetime

import pytest

from experiments.audit_words import details, sentence, written
from experiments.models import AuditAction, AuditEntry


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("status", ["draft", "running"], "Draft → Running"),
        ("planned_sample", [None, 5000], "none → 5,000"),
        ("alpha", [0.05, 0.01], "5% → 1%"),
        ("holdout_share", [0.0, 0.125], "0% → 12.5%"),
        ("cap_minor", 50_000, "€500.00"),
        ("is_pausing_on_harm", [True, False], "yes → no"),
        ("warnings", ["clash", "preview", "new_one"], "another test at the moment, not previewed, new_one"),
        ("events", 3, "3"),
    ],
)
def test_written_tells_a_change_from_a_list_and_a_value(name, value, text):
    assert written(name, value, "EUR") == text


def test_sentence_says_what_was_done_by_whom_and_when():
    at = datetime(2026, 11, 7, 9, 30, tzinfo=UTC)
    entry = AuditEntry(action=AuditAction.PAUSED, actor="ada", at=at)
    assert sentence(entry) == "Paused by ada, 7 November 2026, 09:30 UTC."


@pytest.mark.parametrize(
    ("action", "actor", "text"),
    [
        (AuditAction.PAUSED, "guardrail", "Paused by guardrail, "),
        (AuditAction.GUARDRAIL, "guardrail", "Guardrail crossed, "),
        (AuditAction.LOOK, "schedule", "Planned look analyzed, "),
        (AuditAction.VERDICT, "ada", "Verdict reached by ada, "),
    ],
)
def test_sentence_names_nobody_for_what_offerlift_finds(action, actor, text):
    at = datetime(2026, 11, 7, 9, 30, tzinfo=UTC)
    assert sentence(AuditEntry(action=action, actor=actor, at=at)) == f"{text}7 November 2026, 09:30 UTC."


def test_details_of_the_log_show_what_the_report_leaves_out():
    entry = AuditEntry(action=AuditAction.SHARED, actor="ada", detail={"link": "ab12cd", "orders": 200})
    assert details(entry) == [("Orders", "200")]
    assert details(entry, hidden=()) == [("Link", "ab12cd"), ("Orders", "200")]
