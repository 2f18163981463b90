"""Entries of the audit trail in words: what the report, the admin, charts and e-mails say of each."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import formatting
from experiments.models import (
    ApprovalRule,
    ApprovedStep,
    AuditAction,
    AuditEntry,
    Decision,
    Experiment,
    Metric,
    PairExposure,
    Role,
    Status,
)

YES_OR_NO = {True: gettext_lazy("yes"), False: gettext_lazy("no")}
# The action says the status; a link's key is for support, a method's number for programs.
HIDDEN_DETAILS = frozenset({"link", "status", "method_version"})
SHARES = frozenset({"traffic_share", "served_share", "holdout_share", "alpha"})
LISTS = frozenset({"approval_rules", "tags"})
LIFTS = frozenset({"corrected_lift", "measured_lift"})
# Of the app above, whose words these are.
SENDING_LIMITS = {
    "complaints": gettext_lazy("Spam complaints"),
    "opt_outs": gettext_lazy("Opt-outs"),
    "bounces": gettext_lazy("Hard bounces"),
}
PROBLEMS = {
    "return": gettext_lazy("Return or refund"),
    "ticket": gettext_lazy("Ticket"),
    "late": gettext_lazy("Late delivery"),
    "payment": gettext_lazy("Failed payment"),
    "low_score": gettext_lazy("Low score"),
}
CHOICES: Mapping[str, type[Status | Metric | Decision | ApprovedStep | Role | PairExposure]] = {
    "role": Role,
    "step": ApprovedStep,
    "status": Status,
    "goal_metric": Metric,
    "metric": Metric,
    "decision": Decision,
    "pair_exposure": PairExposure,
}
# What moves the figures of a running test or how they are read; the report marks their changes.
SETTINGS = {
    "served_share": gettext_lazy("Traffic"),
    "traffic_share": gettext_lazy("Planned traffic"),
    "targeting": gettext_lazy("Targeting"),
    "pair_exposure": gettext_lazy("Carts with pairs"),
    "goal_metric": gettext_lazy("Goal"),
    "guardrails": gettext_lazy("Guardrails"),
    "alpha": gettext_lazy("Error rate"),
    "planned_sample": gettext_lazy("Planned visitors per variant"),
    "cap_minor": gettext_lazy("Cap on order values"),
    "attribution_window_days": gettext_lazy("Attribution window in days"),
    "prior_sd": gettext_lazy("Expected size of effects"),
    "covariates": gettext_lazy("Adjusted for"),
    "is_aa_test": gettext_lazy("A/A test"),
    "custom_metrics": gettext_lazy("Custom metrics"),
    "priority": gettext_lazy("Priority"),
}
LABELS = SETTINGS | {
    "approval_rules": gettext_lazy("Steps that need approval"),
    "approved_by": gettext_lazy("Approved by"),
    "contact": gettext_lazy("Contact"),
    "contacts": gettext_lazy("Contacts"),
    "left_out": gettext_lazy("Rows left out"),
    "opt_outs": gettext_lazy("Opt-outs"),
    "request": gettext_lazy("Request"),
    "email": gettext_lazy("Email"),
    "order": gettext_lazy("Order"),
    "limit": gettext_lazy("Limit"),
    "offer": gettext_lazy("Offer"),
    "claims": gettext_lazy("Claims"),
    "where": gettext_lazy("Where"),
    "count": gettext_lazy("Of them"),
    "sent": gettext_lazy("Messages sent"),
    "problem": gettext_lazy("Problem"),
    "rows": gettext_lazy("Rows"),
    "member": gettext_lazy("Member"),
    "role": gettext_lazy("Role"),
    "corrected_lift": gettext_lazy("Lift, corrected for luck"),
    "expires_at": gettext_lazy("Expires on"),
    "link": gettext_lazy("Link"),
    # An offer's, as the trail of a test that shows it has them.
    "compare_at_minor": gettext_lazy("Compare-at price"),
    "is_active": gettext_lazy("Can be shown"),
    "price_minor": gettext_lazy("Price"),
    "quote_date": gettext_lazy("When it was said"),
    "quote_name": gettext_lazy("Who said it"),
    "quote_source": gettext_lazy("Where it was said"),
    "quote_text": gettext_lazy("Quote"),
    "share_of": gettext_lazy("Owners of which product"),
    "stock_limit": gettext_lazy("Sales limit"),
    "terms": gettext_lazy("Terms"),
    "terms_translations": gettext_lazy("Terms in other languages"),
    "categories": gettext_lazy("Categories"),
    "category": gettext_lazy("Category"),
    "counted": gettext_lazy("What is counted"),
    "journey": gettext_lazy("Journey"),
    "measured_lift": gettext_lazy("Lift as measured"),
    "metric_key": gettext_lazy("Metric"),
    "skus": gettext_lazy("SKUs"),
    "of": gettext_lazy("Copy of"),
    "product": gettext_lazy("Product"),
    "step": gettext_lazy("Step"),
    "suggested": gettext_lazy("Suggested product"),
    "template": gettext_lazy("Template"),
    "variant": gettext_lazy("Variant"),
    "warnings": gettext_lazy("Warnings"),
}
# What copy claims of an offer, by the code that the entry has.
CLAIMS = {
    "saving": gettext_lazy("saving"),
    "count": gettext_lazy("recent orders"),
    "share": gettext_lazy("share of owners"),
    "quote": gettext_lazy("quote"),
}
# By the code of a check of the launch.
WARNINGS = {
    "clash": gettext_lazy("another test at the moment"),
    "copy": gettext_lazy("languages without copy"),
    "duration": gettext_lazy("longer than eight weeks"),
    "guardrails": gettext_lazy("no guardrail"),
    "orders": gettext_lazy("orders missing or without a visitor"),
    "preview": gettext_lazy("not previewed"),
    "reach": gettext_lazy("too few visitors by last week's requests"),
    "sample": gettext_lazy("sample or duration"),
    "snippet": gettext_lazy("snippet not seen"),
    "weights": gettext_lazy("uneven split"),
}


# What Offerlift does by itself, under the name that the entry has; people have their own names.
ACTORS = {
    "guardrail": gettext_lazy("guardrail"),
    "schedule": gettext_lazy("schedule"),
    "friction": gettext_lazy("shop signals"),
    "deliverability": gettext_lazy("message limits"),
    "claims": gettext_lazy("claim check"),
}
# What is found rather than done: "Planned look analyzed by schedule" would name nobody.
FINDINGS = frozenset(
    {
        AuditAction.CAPPED,
        AuditAction.GUARDRAIL,
        AuditAction.SAMPLE_RATIO,
        AuditAction.LOOK,
        AuditAction.VERDICT,
        AuditAction.FRICTION_OPENED,
        AuditAction.SENDER_PAUSED,
        AuditAction.SENDER_WARNED,
        AuditAction.CLAIM_UNTRUE,
    }
)


def actor(entry: AuditEntry) -> str:
    """Return who did it: a member, or the part of Offerlift that acted by itself."""
    return str(ACTORS.get(entry.actor, entry.actor))


def credited(entry: AuditEntry) -> str:
    """Return who did it, for a sentence; empty where Offerlift found something by itself."""
    if entry.action in FINDINGS and entry.actor in ACTORS:
        return ""
    return actor(entry)


def title(entry: AuditEntry) -> str:
    """Return what was done: ``Traffic share changed``."""
    return str(entry.get_action_display())


def sentence(entry: AuditEntry) -> str:
    """Return what was done, by whom and when: ``Paused by ada, 27 November 2026, 09:30 UTC.``"""
    values = {"action": title(entry), "actor": credited(entry), "at": formatting.date_and_time(entry.at)}
    if not values["actor"]:
        return _("%(action)s, %(at)s.") % values
    return _("%(action)s by %(actor)s, %(at)s.") % values


def details(entry: AuditEntry, *, hidden: Collection[str] = HIDDEN_DETAILS) -> list[tuple[str, str]]:
    """Return each detail but the hidden ones: a field's name, and its value or the values before and after."""
    if not isinstance(entry.detail, dict):
        return []
    currency = ""
    if entry.experiment:
        currency = entry.experiment.store.currency
    pairs = []
    for name, value in entry.detail.items():
        if name not in hidden:
            pairs.append((label(name), written(name, value, currency)))
    return pairs


def setting_changes(entry: AuditEntry, currency: str) -> Iterator[str]:
    """Yield a sentence for each of ``SETTINGS`` that the entry changed: ``Traffic 25% → 100%``."""
    for name, values in entry.detail.items():
        if name in SETTINGS and is_change(values):
            yield setting_change(name, *values, currency=currency)


def setting_change(name: str, before: Any, after: Any, *, currency: str) -> str:
    """Return a setting with its values before and after; of one with many parts only that it changed."""
    setting = str(SETTINGS[name])
    if isinstance(before, dict | list) or isinstance(after, dict | list):
        return _("%(setting)s changed") % {"setting": setting}
    return f"{setting} {value_text(name, before, currency)} → {value_text(name, after, currency)}"


def label(name: str) -> str:
    """Return a field's name for people."""
    if name in LABELS:
        return str(LABELS[name])
    # Own columns only: a reverse relation, such as "events", has no name for people.
    names = {field.name: field.verbose_name for field in Experiment._meta.concrete_fields}
    text = str(names.get(name, name.replace("_", " ")))
    return text[:1].upper() + text[1:]


def is_change(value: Any) -> bool:
    """Whether a detail's value is a pair of before and after."""
    return isinstance(value, list) and len(value) == 2


def written(name: str, value: Any, currency: str) -> str:
    """Return a detail's value, or what it was and what it became."""
    if name == "warnings":  # the only list that isn't before and after
        return ", ".join(str(WARNINGS.get(code, code)) for code in dict.fromkeys(value))
    if name == "claims":
        return ", ".join(str(CLAIMS.get(code, code)) for code in str(value).split(", "))
    if is_change(value):
        before, after = value
        return f"{value_text(name, before, currency)} → {value_text(name, after, currency)}"
    return value_text(name, value, currency)


def value_text(name: str, value: Any, currency: str) -> str:
    """Return one value of a field; money is in minor units of the currency."""
    if value in (None, "", [], {}):
        return _("none")
    if isinstance(value, bool):
        return str(YES_OR_NO[value])
    if isinstance(value, int | float):
        return number_text(name, value, currency)
    if name in LISTS:
        return listed(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if name == "problem" and value in PROBLEMS:
        return str(PROBLEMS[value])
    if name == "limit" and value in SENDING_LIMITS:
        return str(SENDING_LIMITS[value])
    if name in CHOICES and value in CHOICES[name].values:
        return str(CHOICES[name](value).label)
    if name.endswith("_at"):
        return time_text(str(value))
    return str(value)


def listed(values: list[str]) -> str:
    """Return a list of words or codes as a reader reads it."""
    labels = dict(ApprovalRule.choices)
    return ", ".join(str(labels.get(value, value)) for value in values)


def number_text(name: str, value: float, currency: str) -> str:
    """Return a number as its field is read: a share, an amount of money, or plain."""
    if name in SHARES:
        return formatting.chosen_percent(value)
    if name in LIFTS:
        return formatting.lift(value)
    if name.endswith("_minor") and currency:
        return formatting.money(value, currency)
    return formatting.in_language(f"{value:,}")


def time_text(text: str) -> str:
    """Return a time in ISO 8601 as pages write times; anything else as it is."""
    try:
        return formatting.date_and_time(datetime.fromisoformat(text))
    except ValueError:
        return text
