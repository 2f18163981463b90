"""Pages, links, accounts and the audit trail open as before."""

import gzip
import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.models import ShareLink
from dashboard.stored_results import read
from experiments.models import (
    AuditAction,
    AuditEntry,
    Experiment,
    Snapshot,
    WebhookTarget,
)
from tests.upgrade.make_dump import FOLDER, SECRET_KEY
from tests.upgrade.old_console import console, page

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]


def test_shared_link_opens_and_a_revoked_one_does_not(before, settings):
    settings.SECRET_KEY = SECRET_KEY
    opened = Client(SERVER_NAME="localhost").get(reverse("dashboard:shared", args=[before["shares"]["open"]]))
    assert opened.status_code == 200
    assert "Cart Cup" in opened.content.decode()
    revoked = Client(SERVER_NAME="localhost").get(reverse("dashboard:shared", args=[before["shares"]["revoked"]]))
    assert revoked.status_code == 404
    assert ShareLink.objects.count() == 2


def test_renamed_model_keeps_its_rows_its_content_type_and_its_permissions():
    dump = gzip.decompress((FOLDER / "before.sql.gz").read_bytes()).decode()
    kind = pk_in(dump, "'experiments', 'endpoint'")
    known = ContentType.objects.filter(app_label="experiments", model__in=("endpoint", "webhooktarget"))
    assert list(known.values_list("pk", "model")) == [(kind, "webhooktarget")]  # what the admin's log refers to
    for action in ("add", "change", "delete", "view"):
        given = Permission.objects.get(pk=pk_in(dump, f"'Can {action} endpoint'"))
        assert (given.codename, given.content_type_id) == (f"{action}_webhooktarget", kind)
        assert given.name == f"Can {action} webhook target"
    assert Permission.objects.filter(content_type=kind).count() == 4
    target = WebhookTarget.objects.get(store__slug="tea")
    assert (target.url, target.secret[:6], target.is_active) == ("https://tea.example/told", "whsec_", True)


def pk_in(dump: str, columns: str) -> int:
    """The key of a dumped row, by the columns that follow it."""
    found = re.search(rf"\((\d+), {columns}", dump)
    assert found
    return int(found[1])


def test_stored_reports_open_in_the_dashboard():
    snapshots = list(Snapshot.objects.select_related("experiment__store"))
    assert len(snapshots) == 5
    assert all(read(snapshot) is not None for snapshot in snapshots)
    for look in (snapshot for snapshot in snapshots if snapshot.is_look):
        url = reverse("dashboard:report", args=["tea", look.experiment.key])
        answer = console().get(url, {"look": look.pk})
        assert answer.status_code == 200
        assert f"{look.report['visitors']:,}" in answer.content.decode()


def test_every_page_of_the_dashboard_opens():
    for name in ("home", "experiments", "moments", "planner", "playbook", "setup"):
        assert "Tea" in page(name), name
    for test in Experiment.objects.select_related("store"):
        assert test.name in page("report", store_slug=test.store.slug, experiment_key=test.key)


def test_authenticator_app_and_recovery_codes_go_on_and_used_codes_stay_used():
    """What was there before: ``second_factor_before.sql``."""
    key = b"12345678901234567890"

    def enter(code: str) -> Client:
        visitor = Client()
        answer = visitor.post("/login/", {"username": "ada", "password": "password"})
        assert answer["location"] == "/login/second-step/"
        visitor.post("/login/second-step/", {"code": code})
        return visitor

    assert enter(f"{totp(key):06d}").get("/account/").status_code == 302, "the app's row says that it is used"
    TOTPDevice.objects.update(throttling_failure_count=0)
    StaticDevice.objects.update(throttling_failure_count=0)
    assert enter("kept4711").get("/account/").status_code == 200
    assert enter("kept4711").get("/account/").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0, last_t=-1)
    assert enter(f"{totp(key):06d}").get("/account/").status_code == 200


def test_audit_entries_resolve():
    entries = list(AuditEntry.objects.select_related("experiment"))
    assert len(entries) == 17
    assert {entry.action for entry in entries} <= set(AuditAction.values)
    told = page("report", store_slug="tea", experiment_key="cart-cup")
    assert "The snippet is on all pages" in told
    assert all(entry.experiment_id for entry in entries if entry.action == AuditAction.STARTED)
