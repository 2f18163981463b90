"""Who is told by e-mail, and what."""

import re
from typing import Any

import pytest
from django.core import mail as outbox
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import audit
from experiments.models import AuditAction, AuditEntry, Experiment, PersonLanguage, Status, Subscription, Topic
from experiments.notifications import mail, tasks
from experiments.notifications.email import Email, EmailSection
from experiments.notifications.message import message_of
from experiments.running import guardrails, lifecycle
from experiments.snapshots import take_snapshot
from experiments.written_words import WrittenSentence
from tests import factories

pytestmark = pytest.mark.django_db


def queued(name: str) -> list[dict[str, Any]]:
    jobs = ProcrastinateJob.objects.filter(task_name__endswith=f".{name}").order_by("id")
    return [job.args for job in jobs]


def test_recipients_are_members_by_default_or_by_choice_each_once():
    store, other = factories.make_store(), factories.make_store()
    factories.make_user(store, email="default@shop.example")
    keen, deaf = (factories.make_user(store, email=f"{name}@shop.example") for name in ("keen", "deaf"))
    Subscription.objects.create(user=keen, store=store, topics=[Topic.LAUNCH, Topic.GUARDRAIL])
    Subscription.objects.create(user=deaf, store=store, topics=[])
    Subscription.objects.create(user=factories.make_user(email="gone@shop.example"), store=store)
    factories.make_user(other, email="stranger@shop.example")
    factories.make_user(store, email="left@shop.example", is_active=False)
    factories.make_user(store, email="")
    assert mail.recipients(store, Topic.GUARDRAIL) == {"en": ["default@shop.example", "keen@shop.example"]}
    assert mail.recipients(store, Topic.LAUNCH) == {"en": ["keen@shop.example"]}
    PersonLanguage.objects.create(user=keen, chosen="de", of_browser="en")
    assert mail.recipients(store, Topic.GUARDRAIL) == {"en": ["default@shop.example"], "de": ["keen@shop.example"]}
    PersonLanguage.objects.update(chosen="", of_browser="fr")  # none of ours
    assert mail.recipients(store, Topic.LAUNCH) == {"en": ["keen@shop.example"]}


def test_tell_queues_one_mail_for_each_reader_with_what_and_why(settings):
    settings.CONSOLE_URL = "https://offers.example"
    experiment = factories.make_experiment(name="Care balm")
    factories.make_user(experiment.store, email="ada@shop.example")
    factories.make_user(experiment.store, email="grace@shop.example")
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.GUARDRAIL,
        actor="guardrail",
        reason="B: conversion fell",
        at=factories.NOON,
    )
    tasks.tell.func(**queued("tell")[0])
    assert [job["address"] for job in queued("send_mail")] == ["ada@shop.example", "grace@shop.example"]
    tasks.send_mail.func(**queued("send_mail")[0])
    sent = outbox.outbox[0]
    assert (sent.to, sent.subject) == (["ada@shop.example"], "Care balm: guardrail crossed")
    assert sent.body == (
        "Care balm\n\nGuardrail crossed, 2 November 2026, 12:00 UTC.\n\nB: conversion fell\n\n"
        "The test is paused: shoppers no longer see the offer.\n\n"
        f"Open report: https://offers.example/tests/{experiment.store.slug}/{experiment.key}/\n\n"
        f"-- \nYou get this email because you are a member of {experiment.store.name} in Offerlift. "
        "Choose your emails: https://offers.example/account/\n"
    )
    assert sent.message()["Auto-Submitted"] == "auto-generated"


def email_of(**entry: Any) -> Email:
    """The e-mail about an act."""
    message = message_of(AuditEntry(store=entry["experiment"].store, at=factories.NOON, actor="ada", **entry))
    assert message is not None
    return message.email


def test_guardrail_that_pauses_nothing_is_told_as_such():
    experiment = factories.make_experiment(is_pausing_on_harm=False)
    text = email_of(experiment=experiment, action=AuditAction.GUARDRAIL, reason="B: conversion fell").text
    assert "The test goes on, because it isn't set to pause on harm." in text


def test_conclusion_is_told_with_its_decision_in_words():
    experiment = factories.make_experiment()
    detail = {"status": ["running", "concluded"], "decision": "roll_out", "variant": "b", "corrected_lift": 0.05}
    email = email_of(experiment=experiment, action=AuditAction.CONCLUDED, detail=detail)
    assert "Decision: Roll out a variant\nVariant: b\nLift, corrected for luck: +5.0%\n\n" in email.text
    keep = {"decision": "keep_control", "variant": None}
    assert "Variant" not in email_of(experiment=experiment, action=AuditAction.CONCLUDED, detail=keep).text


def test_html_says_the_same_as_the_text_escaped_and_loads_nothing(settings):
    settings.CONSOLE_URL = "https://offers.example"
    experiment = factories.make_experiment(name="<b>Care</b> & balm")
    email = email_of(experiment=experiment, action=AuditAction.STOPPED, reason="<script>alert(1)</script>\nTwo lines")
    html = email.html
    assert "&lt;b&gt;Care&lt;/b&gt; &amp; balm" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Two lines" in html
    assert "Stopped by ada, 2 November 2026, 12:00 UTC." in html
    assert re.findall(r'href="([^"]*)"', html) == [
        f"https://offers.example/tests/{experiment.store.slug}/{experiment.key}/",
        "https://offers.example/account/",
    ]
    assert not re.search(r"<(?:script|img|link|iframe)|url\(|@import| src=", html)


def test_email_about_an_account_has_its_own_link_and_foot():
    section = EmailSection(paragraphs=["It works once."], report_url="https://offers.example/x/", link_text="Join")
    email = Email(store=None, subject="So", heading="So", sections=[section], note="If it wasn't you, ignore it.")
    assert email.text == (
        "So\n\nIt works once.\n\nJoin: https://offers.example/x/\n\n-- \nIf it wasn't you, ignore it.\n"
    )
    assert re.findall(r'href="([^"]*)"[^>]*>([^<]*)<', email.html) == [("https://offers.example/x/", "Join")]
    assert "ignore it." in email.html
    assert "You get this email" not in email.html


def test_sent_mail_has_both_forms_and_a_queued_one_of_the_release_before_its_text():
    tasks.send_mail.func(address="ada@shop.example", subject="So", text="Text", html="<p>Text</p>")
    tasks.send_mail.func(address="ada@shop.example", subject="So", text="Text")
    both, alone = outbox.outbox
    assert [part.get_content_type() for part in both.message().walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert alone.message().get_content_type() == "text/plain"


def test_record_of_what_nobody_is_told_queues_nothing():
    experiment = factories.make_experiment()
    audit.record(store=experiment.store, experiment=experiment, action=AuditAction.CHANGED, actor="ada")
    assert not queued("tell")


def test_pause_is_told_only_where_it_is_kept():
    experiment = factories.make_experiment(status=Status.STOPPED)
    with pytest.raises(lifecycle.LifecycleError):
        lifecycle.pause(experiment=experiment, actor="ada", reason="")
    assert not queued("tell")


def test_digest_says_how_each_running_test_stands():
    store = factories.make_store(name="Nordlicht")
    factories.make_user(store, email="ada@shop.example")
    looked = factories.make_experiment(store, name="Care balm")
    take_snapshot(looked, now=factories.NOON)
    factories.make_experiment(store, name="Fresh one")
    factories.make_experiment(store, name="Old one", status=Status.CONCLUDED)
    factories.make_experiment(name="Foreign one")
    tasks.send_digests.func(0)
    (job,) = queued("send_mail")
    assert (job["address"], job["subject"]) == ("ada@shop.example", "Nordlicht: running tests")
    text = str(job["text"])
    assert "Care balm\n---------\n\nNo visitors yet.\n\nStarted: " in text
    assert "Last look: 2 November 2026, 12:00 UTC\n\nOpen report: " in text
    assert "Fresh one\n---------\n\nNo look has been taken yet." in text
    assert str(job["html"]).count("Open report") == 2
    assert "Old one" not in text
    assert "Foreign one" not in text
    assert Experiment.objects.count() == 4


def test_digest_speaks_of_customers_where_a_test_counts_them():
    experiment = factories.make_customer_experiment(factories.make_store())
    take_snapshot(experiment, now=factories.NOON)
    text = str(mail.digest(experiment.store))
    assert "No customers yet." in text
    assert "visitor" not in text.lower()


def test_each_member_is_told_in_the_language_of_their_account_and_slack_in_english(settings):
    experiment = factories.make_experiment(name="Care balm")
    german = factories.make_user(experiment.store, email="jo@shop.example")
    factories.make_user(experiment.store, email="ada@shop.example")
    PersonLanguage.objects.create(user=german, of_browser="de")
    guardrails.note_breach(
        experiment,
        AuditAction.GUARDRAIL,
        guardrails.Breach("conversion", "treatment", "B: conversion fell"),
        sentence=WrittenSentence("B: conversion fell", {"de": "B: Die Konversion ist gesunken"}),
        now=factories.NOON,
    )
    entry = AuditEntry.objects.get()
    tasks.tell.func(entry_id=entry.pk)
    english, in_german = queued("send_mail")
    assert (english["address"], in_german["address"]) == ("ada@shop.example", "jo@shop.example")
    assert english["subject"] == "Care balm: guardrail crossed"
    assert in_german["subject"] == "Care balm: Leitplanke überschritten"
    assert "B: Die Konversion ist gesunken" in in_german["text"]
    assert "2. November 2026, 12:00 UTC" in in_german["text"]
    assert 'lang="de"' in in_german["html"]
    assert "Guardrail" not in in_german["text"]
    message = message_of(entry)
    assert message is not None
    assert message.data["reason"] == "B: conversion fell"
    assert message.email.subject == english["subject"]


def test_digest_is_written_for_each_language_that_members_read():
    store = factories.make_store(name="Tea")
    factories.make_experiment(store, status=Status.RUNNING)
    german = factories.make_user(store, email="jo@shop.example")
    factories.make_user(store, email="ada@shop.example")
    PersonLanguage.objects.create(user=german, chosen="de")
    tasks.send_digests.func(timestamp=0)
    subjects = {job["address"]: job["subject"] for job in queued("send_mail")}
    assert subjects == {"ada@shop.example": "Tea: running tests", "jo@shop.example": "Tea: laufende Tests"}
