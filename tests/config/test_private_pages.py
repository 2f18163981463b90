"""Nobody keeps the console's pages and files, and they ask for nothing of the device."""

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.report import sharing
from experiments.models import ApiToken, Role
from tests import factories


@pytest.fixture
def experiment(db):
    return factories.make_live_experiment()


@pytest.fixture
def client(experiment):
    client = Client()
    client.force_login(factories.make_user(experiment.store, role=Role.ADMIN, is_staff=True, is_superuser=True))
    return client


@pytest.mark.slow
def test_pages_exports_and_answers_are_private_and_stored_nowhere(client, experiment):
    report = reverse("dashboard:report", args=[experiment.store.slug, experiment.key])
    token = ApiToken(store=experiment.store, name="t")
    bearer = {"authorization": f"Bearer {token.renew()}"}
    token.save()
    link = sharing.share(experiment=experiment, actor="ada", days=7)
    paths = [
        *("/", "/tests/", "/moments/", "/playbook/", "/planner/", "/setup/", "/account/", "/templates/", "/nothing/"),
        *(report, f"{report}findings/", f"{report}export/metrics.csv", f"{report}export/report.json"),
        *("/admin/", "/admin/experiments/store/", f"/admin/experiments/store/{experiment.store.pk}/change/"),
        f"/admin/checkout_widgets/product/export/?store={experiment.store.slug}",
        *("/api/v1/experiments/", "/api/v1/events/", f"/shared/{link.token}/"),
    ]
    for path in paths:
        answer = client.get(path, headers=bearer if path.startswith("/api/") else {})
        assert answer.status_code == (404 if path == "/nothing/" else 200), path
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", ")), path
        assert "camera=()" in answer["Permissions-Policy"], path


def test_login_is_stored_nowhere_and_the_snippet_stays_cached(db):
    assert "no-store" in Client().get("/login/")["Cache-Control"]
    assert Client().get("/s/upsell.js")["Cache-Control"].startswith("public")
