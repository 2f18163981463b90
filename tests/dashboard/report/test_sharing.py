"""Share links: who has one sees the report, and nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboard.models import ShareLink, signer
from dashboard.report import sharing
from experiments import audit
from experiments.models import AuditAction, AuditEntry, Experiment, Snapshot, Status
from experiments.snapshots import analyse
from tests import factories
from tests.dashboard.report.finished import finished_test

pytestmark = pytest.mark.django_db


def shared(experiment: Experiment, days: int = 7) -> str:
    link = sharing.share(experiment=experiment, actor="ada", days=days)
    return reverse("dashboard:shared", args=[link.token])


def test_shared_report_needs_no_login_and_sets_no_cookie(client):
    experiment = finished_test(name="Tea towel")
    response = client.get(shared(experiment))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Tea towel" in page
    assert "€4,200 / 200" in page
    assert not response.cookies
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.slow
def test_shared_report_shows_no_names_no_secrets_nothing_to_do(client):
    experiment = finished_test()
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.STARTED,
        actor="ada",
        reason="Because Bob said",
    )
    page = client.get(shared(experiment)).content.decode()
    assert "Started" in page
    for secret in ("by ada", "Bob", experiment.store.secret_key, "<dialog", 'method="post"', "/admin/", "hx-get"):
        assert secret not in page


@pytest.mark.slow
def test_shared_report_of_a_test_that_was_reported_otherwise_says_so(client):
    ended_at = factories.NOON + timedelta(days=20)
    experiment = finished_test(status=Status.CONCLUDED, ended_at=ended_at)
    report = analyse(experiment).as_json()
    for result in report["metrics"]:
        if result["metric"] == "rpv":
            result["main"]["lift"]["estimate"] = 0.429
    Snapshot.objects.create(experiment=experiment, taken_at=ended_at, report=report, method_version=1)
    page = client.get(shared(experiment)).content.decode()
    assert "First reported as +42.9%, before winners were corrected for luck." in page


def test_shared_empty_report_keeps_the_site_key(client):
    experiment = factories.make_experiment()
    assert experiment.store.site_key not in client.get(shared(experiment)).content.decode()


@pytest.mark.slow
def test_shared_report_is_of_its_test_alone(client):
    experiment, other = finished_test(name="Tea towel"), finished_test(name="Other offer")
    assert "Other offer" not in client.get(shared(experiment)).content.decode()
    assert client.get(f"/tests/{other.store.slug}/{other.key}/").status_code == 302


def test_revoked_link_shows_nothing(client):
    experiment = finished_test(name="Tea towel")
    address = shared(experiment)
    sharing.unshare(link=ShareLink.objects.get(), actor="ada")
    response = client.get(address)
    assert response.status_code == 404
    assert "This link doesn't work" in response.content.decode()
    assert "Tea towel" not in response.content.decode()
    actions = AuditEntry.objects.filter(experiment=experiment).values_list("action", flat=True)
    assert sorted(actions) == [AuditAction.SHARED, AuditAction.UNSHARED]


def test_revoking_twice_is_noted_once():
    shared(finished_test())
    link = ShareLink.objects.get()
    for _ in range(2):
        sharing.unshare(link=link, actor="ada")
    assert AuditEntry.objects.filter(action=AuditAction.UNSHARED).count() == 1


def test_expired_link_shows_nothing(client):
    address = shared(finished_test())
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("forge", ["{key}", "{key}.{key}", "{token}x", "{other}", "%00"])
def test_forged_token_shows_nothing(client, forge):
    shared(finished_test())
    link = ShareLink.objects.get()
    token = forge.format(key=link.key, token=link.token, other=signer().sign("0" * 24))
    assert client.get(f"/shared/{token}/").status_code == 404


@pytest.mark.slow
def test_editor_makes_and_revokes_a_link_on_the_page(client):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store, username="ada"))
    names = [experiment.store.slug, experiment.key]
    page = client.post(reverse("dashboard:share", args=names), {"days": 30}, follow=True).content.decode()
    link = ShareLink.objects.get()
    assert f"http://testserver/shared/{link.token}/" in page
    assert 'id="dialog-share" aria-labelledby="share-title" open' in page
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    page = client.post(reverse("dashboard:unshare", args=[*names, link.key]), follow=True).content.decode()
    assert link.token not in page


@pytest.mark.parametrize("days", ["1", "100000", "-7", "many", ""])
def test_link_of_another_length_is_not_made(client, days):
    experiment = finished_test()
    client.force_login(factories.make_user(experiment.store))
    client.post(reverse("dashboard:share", args=[experiment.store.slug, experiment.key]), {"days": days})
    assert not ShareLink.objects.exists()


@pytest.mark.slow
def test_link_of_a_foreign_store_is_not_revoked(client):
    mine, foreign = finished_test(), finished_test()
    shared(foreign)
    client.force_login(factories.make_user(mine.store))
    key = ShareLink.objects.get().key
    for experiment in (mine, foreign):
        address = reverse("dashboard:unshare", args=[experiment.store.slug, experiment.key, key])
        assert client.post(address).status_code == 404
    assert ShareLink.objects.open(timezone.now()).exists()
