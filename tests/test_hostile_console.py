"""Whatever stands in a query, in a field of a form, or in an address of the console: it answers, and never fails.

The forms are those of the pages themselves, each sent back as it was but for one field. A request's changes are taken
back before the next.
"""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import cycle, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.api.throttling import PerToken
from experiments.models import Rejection, Status, Store, WebhookTarget
from experiments.snapshots import take_snapshot
from tests import factories, hostile
from tests.dashboard.api.conftest import make_token
from tests.page_forms import Form, encoded, read_page

pytestmark = [pytest.mark.slow(seconds=15), pytest.mark.django_db]

# What Python reads as text, a number, a date or JSON, and PostgreSQL or a date's arithmetic refuses.
VALUES = [
    "a\x00b",
    "9" * 400,
    "9999-12-31",
    "x" * 10_000,
    str(2**63),
    "0001-01-01",
    "1e400",
    '{"a": "\\ud800"}',
    "NaN",
    "\ud800",
    "[" * 5_000,
    "2026-11-22T10:02:00+16:00",
]
DASHBOARD = [
    "/",
    "/tests/",
    "/annotations/",
    "/moments/",
    "/planner/",
    "/playbook/",
    "/widgets/",
    "/widgets/frame/",
    "/setup/",
    "/templates/",
    "/templates/price/",
    "/account/",
    "/account/password/",
    "/account/second-factor/",
    "/account/passkeys/",
    "/account/recovery-codes/",
    "/tests/shop/running/",
    "/tests/shop/draft/launch/",
]
# What a query can name without a link or a form that says so.
QUERIED = {"page", "store", "planned_days"}
NOT_SENT = {"csrfmiddlewaretoken"}
# How many of the values each field gets: one in turn, as there are many more fields than values; all of them in make
# check-long.
EACH = pytest.mark.parametrize("each", [1, pytest.param(len(VALUES), marks=pytest.mark.long)])
# Which fields of the admin are sent alone, as such a page takes long: every third; every one in make check-long.
STEP = pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
# What people fill in.
EDITED = ["experiments.Experiment", "experiments.Store", "checkout_widgets.Offer", "checkout_widgets.Product",
          "checkout_widgets.Widget"]  # fmt: skip


class Prober:
    """A signed-in client that notes every answer, and takes back what the request changed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.statuses: list[int] = []
        self.failures: list[tuple[str, str, int]] = []

    def send(self, url: str, form: Form, changes: dict[str, str]) -> None:
        """Send the form of the page at the address, with some of it changed."""
        target = urljoin(url, form.action or url)
        content = encoded(form.values | changes)
        self.client.cookies = SimpleCookie(self.cookies)  # a new password would sign out
        with transaction.atomic():
            if form.method == "post":
                answer = self.client.post(target, content, "application/x-www-form-urlencoded")
            else:
                answer = self.client.get(f"{urlsplit(target).path}?{content}")
            transaction.set_rollback(True)
        self.statuses.append(answer.status_code)
        if answer.status_code >= 500:
            said = {name: value[:40] for name, value in changes.items()}
            self.failures.append((f"{form.method} {target}", str(said), answer.status_code))

    def read(self, url: str) -> Any:
        """The page at the address."""
        self.client.cookies = SimpleCookie(self.cookies)
        return read_page(self.client.get(url).content.decode())


@pytest.fixture
def store() -> Store:
    """A store with one row of everything."""
    now = timezone.now()
    own = factories.make_store(slug="shop")
    long_ago = now - timedelta(days=40)
    running = factories.make_live_experiment(own, key="running", started_at=long_ago, planned_days=14)
    factories.make_live_experiment(own, key="draft", moment="payment", status=Status.DRAFT, started_at=None)
    take_snapshot(running)
    factories.make_order(own)
    factories.make_delivery(own)
    WebhookTarget.objects.create(store=own, url="https://shop.example/")
    Rejection.objects.create(store=own, day=now.date(), source="events", code="bad_id", last_at=now)
    return own


@pytest.fixture
def prober(store: Store) -> Prober:
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(store, role="admin", is_staff=True, is_superuser=True))
    return Prober(client)


def posted(prober: Prober, url: str) -> Iterator[Form]:
    """The forms of a page that change something; all pages have that for signing out."""
    return (form for form in prober.read(url).forms if form.method == "post" and form.action != "/logout/")


def test_hostile_value_in_any_query_of_the_dashboard_never_fails(prober):
    for url in DASHBOARD:
        page = prober.read(url)
        filters = [form for form in page.forms if form.method == "get"] or [Form("", "get")]
        for name in sorted(page.queried.union(QUERIED, *(form.typed for form in filters)) - NOT_SENT):
            for value in VALUES[:3]:
                prober.send(url, filters[0], {name: value})
    assert prober.failures == []
    assert prober.statuses.count(200) > 100


@EACH
def test_hostile_value_in_any_field_of_the_dashboard_never_fails(prober, each):
    sent = set()
    values = cycle(VALUES)
    for url in [*DASHBOARD, "/tests/shop/running/steps/"]:
        for form in posted(prober, url):
            target = urljoin(url, form.action or url)
            for name in form.typed:
                if name in NOT_SENT or (target, name) in sent:
                    continue
                sent.add((target, name))
                for value in islice(values, each):
                    prober.send(url, form, {name: value})
    assert {urlsplit(target).path for target, _ in sent} >= {
        "/account/password/",
        "/tests/shop/running/steps/conclude/",
        "/tests/shop/draft/launch/",
    }
    assert prober.failures == []


def admin_page(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def models() -> list[Any]:
    return [
        model
        for model in admin.site._registry
        if model._meta.app_label in {"experiments", "checkout_widgets", "journeys"}
    ]


def test_hostile_value_in_any_query_or_address_of_the_admin_never_fails(prober):
    for model in models():
        url, values = admin_page(model, "changelist"), cycle(VALUES[:6])
        for name in sorted(prober.read(url).queried | {"q", "p", "o", "id__exact", "_changelist_filters"}):
            prober.send(url, Form("", "get"), {name: next(values)})
        for part in ("9" * 400, "a%00b", "%ED%A0%80"):
            prober.send(url + f"{part}/change/", Form("", "get"), {})
    assert prober.failures == []


@STEP
def test_hostile_value_in_any_field_of_the_admin_never_fails(prober, step):
    values = cycle(VALUES)
    for model in models():
        if model._meta.label not in EDITED:
            continue
        row = model._default_manager.first()
        url = admin_page(model, "change", row.pk)
        for form in posted(prober, url):
            written = [name for name in form.written if "__prefix__" not in name]
            for name in written[::step]:  # the others are sent below, all of them together
                prober.send(url, form, {name: next(values)})
            for value in VALUES[:3]:
                prober.send(url, form, dict.fromkeys(written, value))
    assert prober.failures == []


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("experiments/", ("status", "moment", "page_size", "cursor", "format")),
        ("experiments/running/", ("format",)),
        ("experiments/running/report/", ("format",)),
        ("experiments/running/snapshots/", ("page_size", "cursor")),
        ("events/", ("since", "until", "type", "experiment", "page_size", "cursor")),
    ],
)
def test_hostile_value_in_any_query_of_the_read_api_never_fails(store, monkeypatch, path, names):
    monkeypatch.setattr(PerToken, "allow_request", lambda *_: True)
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {make_token(store)}"})
    prober = Prober(client)
    for name in names:
        for value in (*VALUES, *hostile.TEXTS, *map(str, hostile.NUMBERS), *hostile.TIMES):
            prober.send(f"/api/v1/{path}", Form("", "get"), {name: value})
    assert prober.failures == []
    assert set(prober.statuses) <= {200, 400, 404}
