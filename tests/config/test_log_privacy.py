"""Nobody's name or address is in the log."""

import logging
from collections.abc import Iterator
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string
from procrastinate.jobs import Job

from experiments.notifications import mail
from tests import factories


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the settings' handler writes, as JSON: every field of every record."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    options = dict(settings.LOGGING["formatters"]["json"])
    formatter = import_string(options.pop("()"))
    handler.setFormatter(formatter(options["format"], rename_fields=options["rename_fields"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_failed_sign_ins_and_lockouts_name_nobody(log):
    factories.make_user(username="ada-lovelace")
    for _ in range(10):
        client = Client(REMOTE_ADDR="203.0.113.9", headers={"user-agent": "Nosy/1"})
        answer = client.post("/login/", {"username": "ada-lovelace", "password": "wrong-secret"})
    assert answer.status_code == 429
    written = log.getvalue()
    assert "Repeated login failure by a client" in written
    assert "Locking out a client" in written
    for private in ("ada-lovelace", "203.0.113.9", "wrong-secret", "Nosy"):
        assert private not in written


@pytest.mark.django_db
def test_address_in_a_url_is_left_out(log):
    assert Client().get("/nowhere/?who=ada.lovelace%40shop.example&page=2").status_code == 404
    written = log.getvalue()
    assert "/nowhere/" in written
    assert "lovelace" not in written
    assert "shop.example" not in written


def test_failed_jobs_are_named_without_their_arguments(log):
    job = Job(
        id=7,
        queue="notifications",
        lock=None,
        queueing_lock=None,
        task_name="experiments.notifications.tasks.send_mail",
        task_kwargs={"address": "ada@shop.example", "subject": "100% %s", "text": "Private words"},
    )
    procrastinate = logging.getLogger("procrastinate.worker")
    procrastinate.error(f"Job {job.call_string} ended with status: Error", extra={"job": job.log_context()})
    written = log.getvalue()
    assert "Job experiments.notifications.tasks.send_mail[7] ended with status: Error" in written
    for private in ("ada@shop.example", "100%", "Private words"):
        assert private not in written


def test_mail_that_a_server_refuses_names_no_reader(monkeypatch):
    def refuse(*arguments: object) -> None:
        raise SMTPRecipientsRefused({"ada@shop.example": (550, b"No such user")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    with pytest.raises(mail.NotSent) as raised:
        mail.send("ada@shop.example", "Subject", "Text", "")
    assert str(raised.value) == "The mail server refused the e-mail (SMTPRecipientsRefused)"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
