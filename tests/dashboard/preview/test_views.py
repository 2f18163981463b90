"""Previews of a test's variants: who sees them, where, and whether the store has shown one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.report.sharing import share, unshare
from experiments.models import Experiment, Role, Status, Store
from tests import factories
from tests.pair_offers import count_pair, make_pair_offer

pytestmark = pytest.mark.django_db

PAGE = "/tests/tea/mug/preview/"


@pytest.fixture
def draft() -> Experiment:
    store = factories.make_store(slug="tea", allowed_origins=["https://shop.example"])
    return factories.make_live_experiment(store, key="mug", status=Status.DRAFT, started_at=None)


@pytest.fixture
def editor(client: Client, draft: Experiment) -> Client:
    client.force_login(factories.make_user(draft.store))
    return client


def test_page_shows_each_variant_as_shoppers_see_it(editor):
    page = editor.get(f"{PAGE}?language=de&scheme=dark").content.decode()
    assert "/tests/tea/mug/shown/treatment/?device=phone&amp;language=de&amp;scheme=dark" in page
    assert "/tests/tea/mug/shown/control/" not in page
    assert "Shoppers see the page as it is." in page
    assert "/tests/tea/mug/preview/treatment/" in page


def test_page_says_when_the_store_showed_a_preview(editor, draft):
    assert "hasn't shown a preview yet" in editor.get(PAGE).content.decode()
    Experiment.objects.update(previewed_at=timezone.now() - timedelta(minutes=3))
    part = editor.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "The store last showed a preview" in part
    assert "<html" not in part


def test_page_without_a_page_of_the_store_leads_to_the_setup(editor, draft):
    Store.objects.update(allowed_origins=[])
    assert "doesn't know any page of your store yet" in editor.get(PAGE).content.decode()


def test_viewer_sees_the_variants_and_opens_none_in_the_store(client, draft):
    client.force_login(factories.make_user(draft.store, role=Role.VIEWER))
    page = client.get(PAGE).content.decode()
    assert "/shown/treatment/" in page
    assert "Open in the store" not in page
    assert client.get("/tests/tea/mug/preview/treatment/").status_code == 403


def test_variant_is_shown_on_a_stage_to_members_alone(editor, client, draft):
    response = editor.get("/tests/tea/mug/shown/treatment/")
    assert response.status_code == 200
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert editor.get("/tests/tea/mug/shown/control/").status_code == 404
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get("/tests/tea/mug/shown/treatment/").status_code == 404
    assert client.get(PAGE).status_code == 404


@pytest.mark.slow
def test_report_shows_what_was_tested(editor, draft):
    Experiment.objects.update(status=Status.RUNNING, started_at=timezone.now())
    assert "/tests/tea/mug/shown/treatment/" in editor.get("/tests/tea/mug/").content.decode()
    link = share(experiment=draft, actor="ann", days=7)
    page = editor.get(f"/shared/{link.token}/").content.decode()
    assert f"/shared/{link.token}/shown/treatment/" in page
    assert "/tests/tea/mug/shown/" not in page


def test_shared_report_shows_its_variants_until_the_link_is_revoked(client, draft):
    Experiment.objects.update(status=Status.RUNNING, started_at=timezone.now())
    link = share(experiment=draft, actor="ann", days=7)
    address = f"/shared/{link.token}/shown/treatment/"
    assert client.get(address).status_code == 200
    unshare(link=link, actor="ann")
    assert client.get(address).status_code == 404


def test_variant_with_pairs_is_drawn_or_says_that_nothing_goes_together(editor, draft):
    draft.variants.get(key="treatment").widget.delete()
    factories.make_widget(draft.variants.get(key="treatment"), make_pair_offer(draft.store))
    empty = editor.get("/tests/tea/mug/shown/treatment/")
    assert empty.status_code == 200
    assert "there is no pair to show" in empty.content.decode()
    count_pair(factories.make_product(draft.store), factories.make_product(draft.store))
    assert "data-key" in editor.get("/tests/tea/mug/shown/treatment/").content.decode()
    assert editor.get(PAGE).status_code == 200
