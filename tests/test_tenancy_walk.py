"""Every address of the console, tried by a member of one store with another store's ids: nothing is seen or touched.

An address with a part that isn't listed here fails the test: whoever adds one says what its foreign value is.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.core import serializers
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from checkout_widgets.models import ChosenPair, Connection, Delivery, NextWidget, Offer, OfferItem, Product, Widget
from dashboard.invitations import inviting
from dashboard.models import Invitation, Passkey, ShareLink
from dashboard.report import sharing
from experiments import audit
from experiments.models import (
    Annotation,
    ApiToken,
    Approval,
    AuditAction,
    AuditEntry,
    Comment,
    CustomMetric,
    Experiment,
    Order,
    Rejection,
    Role,
    SlackChannel,
    Snapshot,
    Store,
    Subscription,
    Variant,
    WebhookAttempt,
    WebhookTarget,
)
from experiments.snapshots import take_snapshot
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    ContactFile,
    CustomerMessage,
    Journey,
    JourneyStep,
    JourneyVersion,
    Run,
    Sender,
    SendPoint,
)
from tests import factories
from tests.factories import NOON
from tests.foreign_followups import STEP, make_followups

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MARK = "Foreign-4711"
# Here foreign things answer as if they didn't exist; in the own store, a viewer may be refused before one is looked up.
OWN_PAGES = r"files/$|files/\w+\.csv$|retention/$"
FOLLOW_UPS = re.compile(rf"^/(?:contacts|journeys)/(?:(foreign)/|(own)/(?!{OWN_PAGES}))")
NOT_THERE = {"foreign": {404, 405}, "own": {403, 404, 405}}
OWNERLESS = (
    "demo/",
    "v1/",
    "s/",
    "shared/",
    "password/",
    "login/",
    "logout/",
    "healthz",
    "metrics",
    "admin/",
    "edge-configuration/",
)
STORE_OF: dict[type[Model], str] = {
    **dict.fromkeys(
        (
            *(Annotation, ApiToken, AuditEntry, Connection, CustomMetric, SlackChannel, WebhookTarget),
            *(ChosenPair, Experiment, Offer, Order, Product, Rejection),
        ),
        "store",
    ),
    Invitation: "store",
    **dict.fromkeys((Address, Contact, ContactFile, CustomerMessage, Journey, Run, SendPoint, Sender), "store"),
    ConsentRecord: "address__store",
    JourneyVersion: "journey__store",
    JourneyStep: "version__journey__store",
    **dict.fromkeys((Approval, Comment, ShareLink, Snapshot, Variant), "experiment__store"),
    **dict.fromkeys((NextWidget, OfferItem, Widget), "offer__store"),
    Delivery: "connection__store",
    Store: "pk",
    Subscription: "store",
    WebhookAttempt: "target__store",
}


@pytest.fixture
def foreign() -> dict[str, Any]:
    """A store with one row of everything, all of which carry the mark in some text."""
    store = factories.make_store(slug="foreign", name=MARK, preview_url=f"https://{MARK}.example/")
    experiment = factories.make_experiment(store, key="foreign-test", name=MARK, hypothesis=MARK, learning=MARK)
    offer = factories.make_offer(store, factories.make_product(store, title=MARK, sku=MARK), name=MARK)
    widget = factories.make_widget(experiment.variants.get(key="treatment"), offer, headline=MARK)
    connection = factories.make_connection(store)
    token = ApiToken(store=store, name=MARK)
    token.renew()
    token.save()
    told = WebhookTarget.objects.create(store=store, url=f"https://{MARK.lower()}.example/")
    told.attempts.create(message_id="msg_1", message_type=MARK, at=factories.NOON, duration_ms=1, error=MARK)
    return {
        "experiments.Store": store,
        "experiments.Experiment": experiment,
        "experiments.Snapshot": take_snapshot(experiment),
        "experiments.Order": factories.make_order(store, external_id=MARK),
        "experiments.Rejection": Rejection.objects.create(
            store=store, day=factories.NOON.date(), source="events", code=MARK, last_at=factories.NOON
        ),
        "experiments.AuditEntry": audit.record(
            store=store, experiment=experiment, action=AuditAction.CHANGED, actor=MARK, reason=MARK
        ),
        "experiments.ApiToken": token,
        "experiments.WebhookTarget": told,
        "experiments.SlackChannel": SlackChannel.objects.create(store=store, name=MARK, webhook_url=MARK),
        "checkout_widgets.Offer": offer,
        "checkout_widgets.Product": Product.objects.get(sku=MARK),
        "checkout_widgets.Widget": widget,
        "checkout_widgets.ChosenPair": ChosenPair.objects.create(
            pk=4_711_000,  # none that a test makes for itself
            store=store,
            category=MARK,
            suggested=Product.objects.get(sku=MARK),
            reason=MARK,
        ),
        "checkout_widgets.NextWidget": factories.make_next_widget(widget.variant, offer=offer, headline=MARK),
        "checkout_widgets.Connection": connection,
        "checkout_widgets.Delivery": Delivery.objects.create(
            connection=connection, topic=MARK, body=b"{}", received_at=factories.NOON, status="dead"
        ),
        "share": sharing.share(experiment=experiment, actor=MARK, days=7),
    }


@pytest.fixture(params=[Role.ADMIN, Role.VIEWER])
def stranger(request: pytest.FixtureRequest) -> Client:
    """A member of another store, in the admin too."""
    own = factories.make_store(slug="own")
    factories.make_experiment(own, key="own-test")
    client = Client()
    client.force_login(factories.make_user(own, role=request.param, is_staff=True))
    return client


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern


def address_of(path: str, parts: dict[str, Any]) -> str:
    """The address of a pattern with these parts."""
    url = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: str(parts.get(m[1] or m[2], "x")), path)
    return "/" + url.replace("^", "").replace("$", "").replace("\\", "")


def kept(foreign: dict[str, Any]) -> str:
    """Everything that belongs to the foreign store, as text."""
    store = foreign["experiments.Store"]
    rows: list[Model] = []
    for model, path in STORE_OF.items():
        rows += model._default_manager.filter(**{path: store.pk}).order_by("pk")
    return str(serializers.serialize("json", rows))


def test_no_page_of_the_dashboard_or_the_api_shows_or_touches_another_stores_things(stranger, foreign):
    experiment = foreign["experiments.Experiment"]
    annotation = Annotation.objects.create(
        pk=471_100,  # free in every table, as the rows below have it, too
        store=experiment.store,
        kind="outage",
        text=MARK,
        first_day=factories.NOON.date(),
        last_day=factories.NOON.date(),
        external_id=MARK,
    )
    member = factories.make_user(experiment.store, username=MARK)
    Passkey.objects.create(pk=annotation.pk, user=member, name=MARK, host="testserver", credential=b"", created_at=NOON)
    Comment.objects.create(pk=annotation.pk, experiment=experiment, author=member, author_name=MARK, text=MARK, at=NOON)
    Approval.objects.create(pk=annotation.pk, experiment=experiment, step="launch", asked_by_name=MARK, asked_at=NOON)
    inviting.invite(store=experiment.store, email=f"{MARK}@shop.example", role="viewer", actor=MARK)
    # under the same number, as an address has one of either
    theirs = factories.make_product(experiment.store, pk=annotation.pk, sku="4711", title=MARK)
    ChosenPair.objects.create(pk=annotation.pk, store=experiment.store, category=MARK, suggested=theirs, reason=MARK)
    CustomMetric.objects.create(pk=annotation.pk, store=experiment.store, key="foreign", name=MARK, skus=[MARK])
    make_followups(experiment.store, MARK, key=foreign["share"].key, pk=annotation.pk)
    before, tried = kept(foreign), 0
    parts = {
        "act": "pause",
        "answer": "approve",
        "after": "accepted",
        "step_key": STEP,
        "experiment_key": experiment.key,
        "variant_key": "treatment",
        "offer_key": foreign["checkout_widgets.Offer"].key,
        "template_key": "price",
        "section": "audience",
        "table": "metrics",
        "step_name": "pause",
        "key": foreign["share"].key,
        "pk": annotation.pk,
        "metric": "rpv",
        "kind": "contacts",
        "id": MARK,
        "token": "nonsense",
        "snapshot": foreign["experiments.Snapshot"].pk,
        "rest": f"{foreign['experiments.WebhookTarget'].pk}/change/",
    }
    for path, _ in patterns():
        if path.startswith(OWNERLESS) or path.startswith("^s/"):
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", path)
        assert set(names) <= set(parts) | {"path", "store_slug"}, f"{path}: say what a foreign value of its parts is"
        # under the stranger's own store, too: who changes a number in an address stays in it
        urls = {address_of(path, parts | {"store_slug": slug}) for slug in ("foreign", "own")}
        for url, query in product(sorted(urls), ("", "?store=foreign")):
            for send in (stranger.get, stranger.post):
                answer = send(url + query)
                tried += 1
                assert answer.status_code < 500, url
                if after_order := FOLLOW_UPS.match(url):
                    assert answer.status_code in NOT_THERE[after_order[1] or after_order[2]], (url, answer.status_code)
                assert MARK not in answer.content.decode(errors="replace"), url + query
                assert MARK not in answer.get("location", ""), url + query
    assert tried > 100
    assert kept(foreign) == before
    assert Passkey.objects.get().name == MARK


def test_own_member_is_shown_the_journey_and_the_contact_that_strangers_look_for(foreign, client):
    store = foreign["experiments.Store"]
    make_followups(store, MARK, key="key", pk=4711)
    client.force_login(factories.make_user(store))
    for url in ("contacts/foreign/4711/", "journeys/foreign/people/4711/", "journeys/foreign/key/"):
        assert client.get(f"/{url}").status_code == 200, url
    assert STEP in client.get("/journeys/foreign/key/").content.decode()


def test_no_page_of_the_admin_shows_or_touches_another_stores_things(stranger, foreign):
    before = kept(foreign)
    ours = [
        model
        for model in admin.site._registry
        if model._meta.app_label in {"experiments", "checkout_widgets", "journeys"}
    ]
    assert {model._meta.label for model in ours} == set(foreign) - {"share"}
    for model in ours:
        row, name = foreign[model._meta.label], f"admin:{model._meta.app_label}_{model._meta.model_name}"
        urls = [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
        for url in (*urls, reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=" + MARK[:-2]):
            for answer in (stranger.get(url), stranger.post(url, {"post": "yes", "name": "Taken over"})):
                assert answer.status_code < 500, url
                assert MARK not in answer.content.decode(errors="replace"), url
    assert kept(foreign) == before


def test_custom_pages_of_the_admin_know_nothing_of_another_store(stranger, foreign):
    before, tried = kept(foreign), 0
    rows = {
        "experiments_store": foreign["experiments.Store"].pk,
        "variant_id": foreign["experiments.Experiment"].variants.get(key="treatment").pk,
    }
    for path, _ in patterns():
        custom = path.startswith("admin/") and ("<int:" in path or "<path:object_id>" in path)
        if not custom or path.startswith(("admin/auth", "admin/dashboard", "admin/otp", "admin/r/")):
            continue
        model = path.split("/")[1] + "." + path.split("/")[2]
        row = next((row for label, row in foreign.items() if label.lower() == model), None)
        assert row is not None, path
        url = "/" + re.sub(r"<int:variant_id>", str(rows["variant_id"]), path)
        url = re.sub(r"<(?:int:pk|path:object_id)>", str(row.pk), url)
        for answer in (stranger.get(url), stranger.post(url)):
            tried += 1
            assert answer.status_code in {302, 403, 404, 405}, (url, answer.status_code)
            assert MARK not in answer.content.decode(errors="replace"), url
            assert MARK not in answer.get("location", ""), url
    assert tried > 50
    assert kept(foreign) == before


def test_what_needs_no_member_names_no_other_store(stranger, foreign):
    for path in ("/demo/", "/shared/nonsense/", "/healthz", "/metrics", "/v1/nothing", "/edge-configuration/index"):
        answer = stranger.get(path)
        assert answer.status_code < 500 or path == "/demo/"
        assert MARK not in answer.content.decode(errors="replace"), path
