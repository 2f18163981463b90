"""One customer with a name, an address and a telephone number that nobody else has: they come out nowhere.

Everything that says who they are comes in by every way in, and all ways out are looked through. What pages of the
dashboard show, shared reports among them, is looked at where ``test_pseudo_language`` walks all of them.
"""

import json
import logging
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Connection, Delivery
from checkout_widgets.store_export import tables_of_stores
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from config import tracing
from config.log_privacy import JsonWithoutAddresses, LineWithoutAddresses
from experiments.models import AuditEntry, Experiment, Store
from experiments.notifications import mail as notifications
from experiments.notifications import message as outgoing
from experiments.snapshots import take_snapshot
from journeys.contact_files import jobs, stored_files
from journeys.models import Address, Contact, ContactFile, CustomerMessage
from journeys.sending import handing_over
from journeys.signed_links.signing import AddressLink, sign
from tests import factories
from tests.checkout_widgets.webhooks.samples import SHOPIFY_ORDER, changed
from tests.dashboard.api.conftest import make_token
from tests.journeys.messages import make_sender, make_step

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ADDRESS = "Kanarienvogel.7q@nest-9y1.example"
FIRST, LAST, PHONE = "Zwitscherine", "Federkleidow", "+4930555777114"
CANARIES = ("kanarienvogel", "nest-9y1", FIRST.lower(), LAST.lower(), PHONE[1:])
SECRET = "sk_tea_0123456789abcdef0123456789abcdef"
# Where it is in the database as it came, for thirty days: what shops delivered.
RAW = {"checkout_widgets_delivery"}


def canaries_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text.lower()]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that any logger says, as the settings' handler would write it if it wrote everything."""
    stream = StringIO()
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)
    handlers = []
    # Both forms that LOG_FORMAT names: JSON has the fields of each record beside its text.
    for formatter in (LineWithoutAddresses, JsonWithoutAddresses):
        handler = logging.StreamHandler(stream)
        for name in settings.LOGGING["handlers"]["console"]["filters"]:
            handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
        handler.setFormatter(formatter("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
        handlers.append(handler)
    yield stream
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """All that a collector would be sent."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("test"))
    return exporter


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Store:
    settings.DATA_DIR = tmp_path  # what another process of these tests has sent isn't this database's
    settings.METRICS_TOKEN = ["zz-metrics"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    store = factories.make_store(slug="tea", site_key="pk_tea", secret_key=SECRET, currency="EUR")
    factories.make_experiment(store, key="running", started_at=timezone.now() - timedelta(days=20))
    factories.make_user(store, username="admin", role="admin", is_staff=True, is_superuser=True, email="a@tea.example")
    return store


def arrive(store: Store, now: datetime) -> Contact:
    """The customer comes in by every way in, rightly and with each field in a wrong place."""
    shopify = factories.make_connection(store, kind="shopify")
    person = {"id": 77, "first_name": FIRST, "last_name": LAST, "phone": PHONE, "email": ADDRESS}
    name = {"first_name": FIRST, "last_name": LAST, "phone": PHONE, "address1": f"{LAST}str. 1", "country_code": "DE"}
    whole: dict[str, Any] = {
        "email": ADDRESS, "contact_email": ADDRESS, "phone": PHONE, "customer": person, "billing_address": name,
        "shipping_address": name, "note": FIRST,
    }  # fmt: skip
    order = changed(SHOPIFY_ORDER, **whole)
    deliver(shopify, "orders/paid", order)
    deliver(shopify, "customers/update", json.dumps(person | {"default_address": name | {"country_code": FIRST}}))
    for field in ("currency", "created_at", "updated_at", "total_price_set", "line_items", "customer_locale"):
        deliver(shopify, "orders/updated", changed(order, None, **{field: ADDRESS}))
    with patch("checkout_widgets.webhooks.deliveries.record_order", side_effect=ValueError(f"{ADDRESS} {LAST}")):
        deliver(shopify, "orders/updated", changed(order, updated_at=now.isoformat()))
    call_edge(now)
    rows = f"email,consent,at,source\n{ADDRESS},opt_in,2026-01-01,shop\n,{ADDRESS},{LAST},{PHONE}\n"
    file = stored_files.check_upload(store, BytesIO(rows.encode()), "contacts", actor="admin", now=now)
    jobs.queue_import(file, actor="admin")
    jobs.import_contact_file(file_id=file.pk)
    waiting = stored_files.check_upload(store, BytesIO(rows.encode()), "opt_outs", actor="admin", now=now)
    assert (ContactFile.objects.count(), waiting.bad_rows) == (2, 1)
    return Address.objects.get().contact


def deliver(shop: Connection, topic: str, body: bytes | str) -> None:
    body = body if isinstance(body, bytes) else body.encode()
    with patch("checkout_widgets.webhooks.queueing.queue"):
        queueing.keep(shop, topic=topic, external_id="", body=body, now=timezone.now())
    process(Delivery.objects.latest("pk").pk)


def call_edge(now: datetime) -> None:
    """Calls of the store's own server, right ones and wrong ones. The answers may quote what it has sent itself."""
    live_configuration.refresh()
    client = Client(headers={"authorization": f"Bearer {SECRET}"})
    ticket = {"external_id": "t1", "email": ADDRESS, "opened_at": now.isoformat(), "updated_at": now.isoformat()}
    wrong = [{field: ADDRESS} for field in ("kind", "opened_at", "updated_at", "customer_id")]
    for body in (ticket, *(ticket | one for one in wrong), {"email": f"{LAST} {ADDRESS}"}):
        answer = client.put("/v1/tickets", json.dumps(body), content_type="application/json")
        assert answer.status_code < 500
    # A shop that knows its customers by their address alone: the key that it gives is kept.
    named = {"external_id": "o2", "customer_id": ADDRESS, "placed_at": now.isoformat(), "updated_at": now.isoformat()}
    order = named | {"currency": "EUR", "lines": [], "subtotal_minor": 0, "total_minor": 0}
    assert client.post("/v1/orders", json.dumps(order), content_type="application/json").status_code == 200
    asked = {"key": "pk_tea", "visitor_id": "v_canary", "moments": ["cart"], "visitor": {"customer_id": ADDRESS}}
    decided = Client().post("/v1/decide", json.dumps(asked), content_type="application/json")
    assert decided.status_code == 200
    assert canaries_in(str(decoded_tokens(decided.content))) == []
    for send, path in ((client.post, "/v1/orders"), (client.put, "/v1/contracts")):
        body = {"external_id": "o1", "email": ADDRESS, "currency": LAST, "placed_at": ADDRESS, "lines": FIRST}
        assert send(path, json.dumps(body), content_type="application/json").status_code < 500


def decoded_tokens(answer: bytes) -> bytes:
    """The answer with what is in its tokens, which browsers keep."""
    texts = [answer]
    for found in re.findall(rb"[A-Za-z0-9_-]{40,}", answer):
        texts.append(urlsafe_b64decode(found + b"=" * (-len(found) % 4)))
    return b" ".join(texts)


def send_message(store: Store, contact: Contact) -> CustomerMessage:
    """The one way on which the address is meant to go out."""
    make_sender(store)
    step, address = make_step(store), contact.addresses.get()
    contact.frictions.all().delete()
    Contact.objects.filter(pk=contact.pk).update(friction_until=None)
    now = timezone.now()
    run = step.version.journey.runs.create(
        store=store, version=step.version, contact=contact, occasion="o", triggered_at=now, due_at=now
    )
    point = run.send_points.create(store=store, step=step, contact=contact, at=now, verdict="send")
    CustomerMessage.objects.create(
        store=store, send_point=point, contact=contact, address=address, address_digest=address.digest,
        consent=address.consent_records.filter(basis="opt_in").latest("said_at"), planned_at=now, next_attempt_at=now,
        send_by=now + timedelta(days=1),
    )  # fmt: skip
    mail.outbox.clear()
    handing_over.send_due(now)
    return CustomerMessage.objects.get()


def texts_of_database() -> Iterator[tuple[str, str]]:
    """Each table with all of its rows as text."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(row::text, '|') FROM \"{name}\" AS row")
            yield name, cursor.fetchone()[0] or ""


def test_customer_comes_out_nowhere(store, spans, log, tmp_path):
    now = timezone.now()
    contact = arrive(store, now)
    message = send_message(store, contact)
    assert message.state == "sent"
    assert ADDRESS in mail.outbox[0].to[0]  # the canary sings: it is there, and found where it must be
    take_snapshot(Experiment.objects.get(key="running"), now=now)
    out = {
        **pages_of_admin(),
        **answers_of_api(store),
        **files_of_export(tmp_path),
        **messages_to_the_team(store),
        **dict(texts_of_database()),
        **files_of_worker(tmp_path),
        **error_pages(contact, message),
        "the log": log.getvalue(),
        "traces": "\n".join(span.to_json() for span in spans.get_finished_spans()),
    }
    assert len(log.getvalue().splitlines()) > 5
    assert "... can't be read" in log.getvalue()
    assert "send_messages" in out["traces"]
    found = {where: canaries for where, text in out.items() if (canaries := canaries_in(text))}
    assert found.keys() <= RAW | {"export: delivery.csv"}, found


def pages_of_admin() -> dict[str, str]:
    """Each list of the admin, and the newest row's page."""
    client, pages = signed_in(), {}
    for model, of_model in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        newest = of_model.model._default_manager.order_by("-pk").first()
        urls = [reverse(f"{name}_changelist")]
        if newest is not None:
            with suppress(NoReverseMatch):  # of the models that have a list alone
                urls.append(reverse(f"{name}_change", args=[newest.pk]))
        for url in urls:
            pages[url] = client.get(url, follow=True).content.decode()
    assert len(pages) > 20
    return pages


def signed_in() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(import_string("django.contrib.auth.models.User").objects.get(username="admin"))
    return client


def answers_of_api(store: Store) -> dict[str, str]:
    """What other systems read: the read API, exports of a report, metrics."""
    token = Client(headers={"authorization": f"Bearer {make_token(store)}"})
    answers = {}
    for path in ("experiments/", "experiments/running/", "experiments/running/report/", "events/", "annotations/"):
        answers[f"api: {path}"] = token.get(f"/api/v1/{path}").content.decode()
    client = signed_in()
    for path in ("metrics", "segments", "days"):
        answers[f"report: {path}"] = client.get(f"/tests/tea/running/export/{path}.csv").content.decode()
    answers["report"] = client.get("/tests/tea/running/export/report.json").content.decode()
    metrics = client.get("/metrics", headers={"authorization": "Bearer zz-metrics"})
    answers["metrics"] = metrics.content.decode()
    assert metrics.status_code == 200
    assert "offerlift_" in answers["metrics"]
    answers["health"] = client.get("/healthz").content.decode()
    return answers


def files_of_export(folder: Any) -> dict[str, str]:
    """A store's own export, table by table."""
    call_command("export_store", "tea", str(folder / "tea.zip"))
    with ZipFile(folder / "tea.zip") as archive:
        files = {f"export: {name}": archive.read(name).decode() for name in archive.namelist()}
    assert len(files) == len(tables_of_stores())
    return files


def messages_to_the_team(store: Store) -> dict[str, str]:
    """The digest, and what members and webhooks are told of each entry of the audit trail."""
    told = {"digest": str(notifications.digest(store))}
    for entry in AuditEntry.objects.filter(store=store):
        told[f"entry {entry.action} {entry.pk}"] = f"{entry.detail} {entry.reason} {outgoing.message_of(entry)}"
    assert any("friction_opened" in where for where in told)
    return told


def error_pages(contact: Contact, message: CustomerMessage) -> dict[str, str]:
    """Pages that fail while they have the address in their hands, or in what they were asked; and a job that does."""
    failing, pages = signed_in(), {}
    with patch("dashboard.contacts.page.masked", side_effect=RuntimeError(f"no mask for {ADDRESS}")):
        pages["500"] = failing.get(f"/contacts/tea/{contact.pk}/")
    digest = bytes.fromhex(message.address_digest)
    link = AddressLink(store_id=message.store_id, digest=digest, topic="", message_id=message.pk, locale="en")
    with patch("journeys.pages.preferences.suppressed_topics", side_effect=RuntimeError(ADDRESS)):
        pages["500 of a customer's page"] = Client(raise_request_exception=False).get(f"/m/p/{sign(link)}")
    pages["404"] = failing.get(f"/nowhere/{ADDRESS}/", {"who": ADDRESS})
    pages["404 of a link"] = Client().get(f"/m/u/{ADDRESS}")
    pages["400"] = Client().get("/", {"who": ADDRESS}, headers={"host": "elsewhere.example"})
    pages["403"] = Client(enforce_csrf_checks=True).post("/login/", {"username": ADDRESS, "note": LAST})
    assert [int(name[:3]) for name in pages] == [answer.status_code for answer in pages.values()]
    CustomerMessage.objects.update(state="planned", sent_at=None, next_attempt_at=timezone.now())
    (Path(settings.DATA_DIR) / "last_sent_message").unlink()
    with patch("journeys.sending.composing.Writer.write", side_effect=RuntimeError(f"{ADDRESS} can't be read")):
        try:
            with tracing.traced("send_messages"):
                handing_over.send_due(timezone.now())
        except RuntimeError:
            logging.getLogger("procrastinate.worker").exception("Job send_messages[1] failed")
    return {f"error page: {name}": answer.content.decode() for name, answer in pages.items()}


def files_of_worker(folder: Path) -> dict[str, str]:
    """What lies beside the database, such as the notes of hand-overs."""
    texts = {}
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix != ".zip":
            texts[f"file: {file.name}"] = file.read_bytes().decode(errors="replace")
    assert texts
    return texts
