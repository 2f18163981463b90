"""Tokens and secrets: shown once, to the store's admins alone."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experiments.models import ApiToken, Membership, Role, Store, WebhookTarget
from tests import factories
from tests.experiments.admin.forms import errors_of, submit

pytestmark = pytest.mark.django_db
LISTS = ("admin:experiments_apitoken_changelist", "admin:experiments_webhooktarget_changelist")


def make_token(store: Store, name: str) -> ApiToken:
    row = ApiToken(store=store, name=name)
    row.renew()
    row.save()
    return row


def test_token_is_shown_once_and_works(admin_of_store_client, store):
    add = reverse("admin:experiments_apitoken_add")
    response = submit(admin_of_store_client, add, store=store.pk, name="Reports")
    assert response.status_code == 302
    page = admin_of_store_client.get(response["location"]).content.decode()
    found = re.search(r"olr_[\w-]{43}", page)
    assert found is not None
    answer = Client().get("/api/v1/experiments/", headers={"authorization": f"Bearer {found[0]}"})
    assert answer.status_code == 200
    change = reverse("admin:experiments_apitoken_change", args=[ApiToken.objects.get().pk])
    for url in (change, response["location"]):
        assert found[0] not in admin_of_store_client.get(url).content.decode()


@pytest.mark.slow
def test_webhook_targets_secret_is_shown_once(admin_of_store_client, store):
    add = reverse("admin:experiments_webhooktarget_add")
    data = {"store": store.pk, "url": "https://shop.example/hook", "topics": ["guardrail"]}
    response = submit(admin_of_store_client, add, **data)
    assert response.status_code == 302, errors_of(response)
    target = WebhookTarget.objects.get()
    assert target.topics == ["guardrail"]
    page = admin_of_store_client.get(response["location"]).content.decode()
    assert target.secret.removeprefix("whsec_")[:20].replace("+", "&#x2B;") in page.replace("+", "&#x2B;")
    change = reverse("admin:experiments_webhooktarget_change", args=[target.pk])
    assert "whsec_" not in admin_of_store_client.get(change).content.decode()


@pytest.mark.slow
def test_webhook_targets_secret_is_replaced_with_a_weeks_overlap(admin_of_store_client, store):
    target = WebhookTarget.objects.create(store=store, url="https://shop.example/hook")
    before, address = target.secret, reverse("admin:experiments_webhooktarget_changelist")
    asked = {"action": "replace_secrets", "_selected_action": [target.pk]}
    page = admin_of_store_client.post(address, asked, follow=True).content.decode()
    target.refresh_from_db()
    now = timezone.now()
    assert target.secrets(now) == [target.secret, before]
    assert target.secrets(now + timedelta(days=8)) == [target.secret]
    assert target.secret in html.unescape(page)
    assert target.secret not in html.unescape(admin_of_store_client.get(address).content.decode())
    assert target.secret not in str(LogEntry.objects.latest("pk").change_message)
    # replaced again, as nobody has copied it: the receiver still has the first
    target.replace_secret()
    assert target.secrets(now) == [target.secret, before]


def test_secrets_of_another_store_are_not_replaced(admin_of_store_client):
    target = WebhookTarget.objects.create(store=factories.make_store(), url="https://shop.example/hook")
    address = reverse("admin:experiments_webhooktarget_changelist")
    admin_of_store_client.post(address, {"action": "replace_secrets", "_selected_action": [target.pk]})
    before = target.secret
    target.refresh_from_db()
    assert target.secret == before


def test_attempts_stand_on_the_page_of_their_target_the_newest_first(admin_of_store_client, store):
    target = WebhookTarget.objects.create(store=store, url="https://shop.example/hook")
    for number in range(25):
        at = factories.NOON + timedelta(minutes=number)
        target.attempts.create(message_id=f"msg_{number}", message_type="experiment.paused", at=at, duration_ms=81)
    target.attempts.filter(message_id="msg_24").update(status=503, error="It answered 503")
    url = reverse("admin:experiments_webhooktarget_change", args=[target.pk])
    page = admin_of_store_client.get(url).content.decode()
    assert re.findall(r"\bmsg_\d+", page) == [f"msg_{number}" for number in range(24, 4, -1)]
    assert "It answered 503" in page
    assert "2 Nov 2026, 12:24" in page
    # the page's title is the address as it is, not "Https://..."
    assert ">https://shop.example/hook</a>" in re.sub(r">\s+|\s+<", lambda edge: edge[0].strip(), page)
    assert ">81<" in re.sub(r"\s", "", page)
    response = submit(admin_of_store_client, url, url="https://shop.example/other")
    assert response.status_code == 302, errors_of(response)
    assert target.attempts.count() == 25


def test_endpoint_that_is_not_https_is_refused(admin_of_store_client, store):
    add = reverse("admin:experiments_webhooktarget_add")
    data = {"store": store.pk, "url": "http://shop.example/hook", "topics": ["guardrail"]}
    assert "begins with https" in errors_of(submit(admin_of_store_client, add, **data))


@pytest.mark.parametrize("url", LISTS)
def test_editors_and_viewers_see_no_keys(editor_client, viewer_client, url):
    assert editor_client.get(reverse(url)).status_code == 403
    assert viewer_client.get(reverse(url)).status_code == 403


def test_keys_of_a_store_where_one_is_no_admin_are_not_listed(admin_of_store_client, store):
    other = factories.make_store()
    user = Membership.objects.get(store=store).user
    Membership.objects.create(user=user, store=other, role=Role.EDITOR)
    make_token(store, "Own token")
    foreign = make_token(other, "Foreign token")
    page = admin_of_store_client.get(reverse(LISTS[0])).content.decode()
    assert "Own token" in page
    assert "Foreign token" not in page
    change = admin_of_store_client.get(reverse("admin:experiments_apitoken_change", args=[foreign.pk]))
    assert change.status_code == 302


@pytest.mark.parametrize("rest", ["", "add/", "7/change/"])
def test_address_of_release_0_1_leads_to_the_webhook_targets(client, rest):
    answer = client.get(f"/admin/experiments/endpoint/{rest}")
    assert (answer.status_code, answer["location"]) == (302, f"/admin/experiments/webhooktarget/{rest}")
