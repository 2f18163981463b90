"""Every page of the admin by axe, light on a desk and dark on a phone, and by its keys."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from checkout_widgets.models import ChosenPair, Delivery, OfferTier
from dashboard.models import SignOnRefusal
from experiments import audit
from experiments.models import ApiToken, AuditAction, Rejection, SlackChannel, WebhookTarget
from experiments.snapshots import take_snapshot
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODELS = [
    "auth.user", "checkout_widgets.chosenpair", "checkout_widgets.connection",
    "checkout_widgets.delivery", "checkout_widgets.nextwidget",
    "checkout_widgets.offer", "checkout_widgets.product", "checkout_widgets.widget", "dashboard.signonrefusal",
    "experiments.apitoken", "experiments.auditentry",
    "experiments.experiment", "experiments.order", "experiments.rejection",
    "experiments.slackchannel", "experiments.snapshot", "experiments.store", "experiments.webhooktarget",
]  # fmt: skip
SCREENS = pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1280, 800)), ("dark", (390, 844))], ids=["light-desktop", "dark-phone"]
)
DESKTOP, PHONE = ("light", 1280), ("dark", 390)
PARTS = ("changelist", "none_found", "add", "change", "history", "delete")
# These have one template for all models: of every fourth they are looked at.
ALIKE = ("none_found", "history", "delete")
WHOLE = {DESKTOP: PARTS, PHONE: PARTS}
TURNS = 3  # tests that share the models: each writes its rows and signs in once
RULES = {"any": [{"field": "device", "op": "is", "value": "phone"}, {"field": "orders", "op": "at_least", "value": 2}]}


def attempted(target: WebhookTarget) -> WebhookTarget:
    """A target with an attempt that was answered and one that wasn't."""
    target.attempts.create(message_id="msg_1", message_type="experiment.started", at=factories.NOON, duration_ms=5003)
    target.attempts.create(
        message_id="msg_1", message_type="experiment.started", at=factories.NOON, status=204, duration_ms=81
    )
    return target


@pytest.fixture
def rows() -> dict[str, Model]:
    """One row of every model that the admin knows, with inlines where it has any."""
    experiment = factories.make_live_experiment(targeting=RULES)
    store, widget = experiment.store, experiment.variants.get(key="treatment").widget
    OfferTier.objects.create(offer=widget.offer, quantity=2, price_minor=100)
    connection = factories.make_connection(store)
    token = ApiToken(store=store, name="Warehouse")
    token.renew()
    token.save()
    made: list[Model] = [
        experiment, store, widget, factories.make_next_widget(widget.variant, offer=widget.offer),
        widget.offer, widget.offer.items.get().product, connection, token,
        ChosenPair.objects.create(store=store, category="tea", suggested=widget.offer.items.get().product),
        factories.make_user(store), take_snapshot(experiment),
        factories.make_order(store, lines=[{"sku": "tea", "quantity": 1, "price_minor": 100}]),
        Rejection.objects.create(
            store=store, day=factories.NOON.date(), source="events", code="bad", last_at=factories.NOON
        ),
        SignOnRefusal.objects.create(at=factories.NOON, reason="wrong_token", detail="BadSignatureError"),
        audit.record(store=store, experiment=experiment, action=AuditAction.CHANGED, actor="ada", reason="why"),
        SlackChannel.objects.create(
            store=store, name="#checkout-tests", webhook_url="https://hooks.slack.com/services/T0/B0/x"
        ),
        attempted(WebhookTarget.objects.create(store=store, url="https://shop.example/")),
        Delivery.objects.create(
            connection=connection, topic="orders/create", body=b"{}", received_at=factories.NOON, status="dead"
        ),
    ]  # fmt: skip
    return {row._meta.label_lower: row for row in made}


@pytest.fixture
def visit(
    page: Page,
    live_server: LiveServer,
    log_in: Callable[[User], None],
) -> Callable[[str], list[object]]:
    """Opens a page of the admin as a superuser; the answer is what is wrong with it."""
    log_in(factories.make_user(username="root", is_staff=True, is_superuser=True))

    def visit(path: str) -> list[object]:
        answer = page.goto(live_server.url + path)
        expect(page.locator("h1")).to_be_visible()
        if answer is not None and answer.status == 403:
            return []  # rows that nobody may add, change or delete
        return problems(page)

    return visit


def problems(page: Page) -> list[object]:
    """What axe finds, and whether the page is wider than its screen."""
    found = Axe().run(page).response["violations"]
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [(one["id"], one["nodes"][0]["target"]) for one in found] + ["too wide"] * is_too_wide


def test_every_model_of_the_admin_is_looked_at() -> None:
    assert sorted(model._meta.label_lower for model in admin.site._registry) == MODELS


def path_of(row: Model, part: str) -> str:
    name = f"admin:{row._meta.label_lower.replace('.', '_')}"
    if part == "none_found":
        return reverse(f"{name}_changelist") + "?q=nothing-like-it"
    if part in ("changelist", "add"):
        return reverse(f"{name}_{part}")
    return reverse(f"{name}_{part}", args=[row.pk])


def in_turns(model: str) -> dict[tuple[str, int], tuple[str, ...]]:
    """Each page of a model on one screen, and of the next model on the other."""
    number = MODELS.index(model)
    screens = [DESKTOP, PHONE]
    one, other = screens[number % 2], screens[(number + 1) % 2]
    looked_at = {one: ("changelist", "add"), other: ("change",)}
    if number % 4 == 0:
        looked_at[other] += ALIKE
    return looked_at


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.long)], ids=["in turns", "whole"])
@pytest.mark.parametrize("first", range(TURNS))
@pytest.mark.browser(seconds=40)
def test_pages_of_every_model_are_accessible(page, rows, visit, first, is_whole):
    wrong = {}
    for model in MODELS[first::TURNS]:
        looked_at = WHOLE if is_whole else in_turns(model)
        for (scheme, width), parts in looked_at.items():
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            for part in parts:
                if found := visit(path_of(rows[model], part)):
                    wrong[model, scheme, width, part] = found
    assert wrong == {}


@SCREENS
def test_other_pages_are_accessible(page, rows, visit, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    store, user = rows["experiments.store"], rows["auth.user"]
    paths = [
        "/admin/", "/admin/experiments/", "/admin/password_change/", f"/admin/auth/user/{user.pk}/password/",
        "/admin/checkout_widgets/product/import/", "/admin/checkout_widgets/product/export/",
        "/admin/checkout_widgets/offer/import/", f"/admin/experiments/store/{store.pk}/secret-key/",
    ]  # fmt: skip
    assert {path: found for path in paths if (found := visit(path))} == {}


@SCREENS
def test_chosen_rows_and_mistakes_are_accessible(page, rows, visit, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    visit("/admin/checkout_widgets/offer/")
    page.locator(".action-select:visible").first.check()
    expect(page.get_by_label("Select action to run")).to_be_visible()
    assert problems(page) == []
    visit("/admin/checkout_widgets/offer/add/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Please correct the errors below.")).to_be_visible()
    assert problems(page) == []


def test_navigation_of_a_phone_opens_by_key_and_leads_on(page, rows, visit):
    page.set_viewport_size({"width": 390, "height": 844})
    visit("/admin/")
    pages = page.get_by_role("navigation", name="Admin")
    expect(pages.get_by_role("link", name="Widgets", exact=True)).to_be_hidden()
    pages.get_by_role("button").press("Enter")
    expect(pages.get_by_role("button")).to_have_attribute("aria-expanded", "true")
    pages.get_by_role("link", name="Widgets", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("/admin/checkout_widgets/widget/$"))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Tests").press("Enter")
    expect(page.get_by_role("heading", name="Tests", level=1)).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Admin").press("Enter")
    expect(page.get_by_role("heading", name="Admin", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1920])
def test_filters_open_by_key_and_close_by_escape(page, rows, visit, width):
    page.set_viewport_size({"width": width, "height": 900})
    visit("/admin/checkout_widgets/offer/")
    page.get_by_role("button", name="Filters").press("Enter")
    expect(page.locator("#changelist-filter a").first).to_be_focused()
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()


def test_row_of_a_table_is_taken_away_by_key(page, rows, visit):
    offer = rows["checkout_widgets.offer"]
    visit(reverse("admin:checkout_widgets_offer_change", args=[offer.pk]))
    page.get_by_role("checkbox", name="Delete").last.press("Space")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert not OfferTier.objects.filter(offer=offer).exists()


def test_theme_chosen_in_the_admin_is_the_dashboards(page, rows, visit):
    visit("/admin/")
    page.get_by_text("root").click()
    page.get_by_label("Dark").check(force=True)
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    expect(page.locator("html.dark")).to_be_attached()
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("html[data-bs-theme=dark]")).to_be_attached()
    assert page.evaluate(background) == dark == "rgb(16, 21, 30)"


def test_guardrail_is_set_by_key_on_a_phone(page, rows, visit):
    experiment = rows["experiments.experiment"]
    page.set_viewport_size({"width": 390, "height": 844})
    visit(reverse("admin:experiments_experiment_change", args=[experiment.pk]))
    page.get_by_label("Conversion may fall by").press("ControlOrMeta+a")
    page.keyboard.type("250")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Conversion: enter a number from 0 to 100, or leave it empty.")).to_be_visible()
    assert problems(page) == []
    page.get_by_label("Conversion may fall by").fill("")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    experiment.refresh_from_db()
    assert experiment.guardrails == [{"metric": "aov", "margin": -0.03}]
