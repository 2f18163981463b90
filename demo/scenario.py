"""The demo's store, people and experiments: made once and never set back, so that what somebody changed stays."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from checkout_widgets.models import NextWidget, Offer, OfferItem, OfferTier, Product, ShopperAnswer, Widget
from demo.demo_tests import HILLSTROM, DemoSequence, DemoTest
from demo.store.best_sellers import count_sales
from demo.store.categories import SERVICE
from demo.store.orders import FREE_SHIPPING_FROM_MINOR
from experiments.accounting.order_data import LineData
from experiments.models import (
    AuditAction,
    AuditEntry,
    Decision,
    Experiment,
    Membership,
    PlanVersion,
    Role,
    Source,
    Status,
    Store,
    Variant,
)
from experiments.running import caps, holdout

DAYS = 25  # as long as the oldest of the running tests
HOLDOUT_SHARE = 0.1
CART_PATH = "/demo/cart/"
SERVICES = (
    ("EVENING", "Evening delivery, 6 to 9 pm", 245),
    ("COVER", "Breakage protection for a year", 295),
    ("WRAP", "Gift wrap with a card", 350),
)
LOCAL_ORIGINS = ("http://127.0.0.1:8000", "http://localhost:8000")


def open_store(address: str) -> Store:
    """The demo's store; ``address`` is where its pages are served: an origin that may call the edge, and where previews
    open."""
    store, _ = Store.objects.get_or_create(
        slug="demo",
        defaults={
            "name": "Pennyfold",
            "currency": "GBP",
            "timezone": "Europe/London",
            "site_key": "pk_demo",
            "is_automation_counted": True,  # whoever drives a browser through the demo wants to be seen
            "max_offers_per_session": 4,
            "max_offers_per_day": 20,
            "free_shipping_minor": FREE_SHIPPING_FROM_MINOR,
        },
    )
    wanted = {*LOCAL_ORIGINS, address, address.replace("//127.0.0.1:", "//localhost:")}
    # added to those that are there: the demo may have been served at another port before
    missing = wanted - set(store.allowed_origins)
    store.allowed_origins = [*store.allowed_origins, *sorted(missing)]
    if not store.preview_url or store.preview_url.endswith(CART_PATH):
        store.preview_url = address + CART_PATH
    store.save(update_fields=["allowed_origins", "preview_url", "updated_at"])
    return store


def admit_user(stores: Iterable[Store]) -> None:
    """The user ``demo`` with the password ``demo``, who administers the stores."""
    user = User.objects.filter(username="demo").first()
    user = user or User.objects.create_superuser("demo", password="demo")  # noqa: S106
    for store in stores:
        Membership.objects.get_or_create(user=user, store=store, defaults={"role": Role.ADMIN})


def launch(store: Store, test: DemoTest) -> Experiment:
    """The experiment with its control, its treatment and the treatment's widget; running where it has traffic."""
    existing = Experiment.objects.filter(store=store, key=test.experiment["key"]).first()
    if existing:
        return existing
    with transaction.atomic():  # interrupted, it is made anew the next time, not left without its widget
        experiment = Experiment.objects.create(
            store=store,
            # by the rules of a test that starts today, where it names no others
            **{"plan_version": PlanVersion.SHARED, **test.experiment},
            **life_of(test, timezone.now()),
            day_zone=store.zone.key,
            # always the same, so that a seed's visitors get the same variants in every demo
            salt=f"demo-{test.experiment['key']}",
            cap_minor=caps.planned_cap(store, timezone.now()).cap_minor,
        )
        add_variants(experiment, test)
        if experiment.started_at:
            note(experiment, AuditAction.STARTED, at=experiment.started_at, before="draft", after="running")
    return experiment


def add_variants(experiment: Experiment, test: DemoTest) -> None:
    """Add the control, the treatment with its widget, and the one that shows a second offer where the test has one."""
    Variant.objects.create(experiment=experiment, key="control", name="No offer", is_control=True)
    treatment = Variant.objects.create(experiment=experiment, **test.treatment)
    offer, widget = make_offer(experiment.store, test), copy_for(experiment.store, test)
    Widget.objects.create(variant=treatment, offer=offer, **widget)
    sequence = test.sequence
    if sequence is None:
        return
    treatment = Variant.objects.create(experiment=experiment, **sequence.treatment)
    Widget.objects.create(variant=treatment, offer=offer, **widget)
    second = make_offer(experiment.store, sequence)
    NextWidget.objects.create(variant=treatment, offer=second, after=ShopperAnswer.ACCEPTED, **sequence.widget)


def life_of(test: DemoTest, now: datetime) -> dict[str, Any]:
    """Status and times of a test that has just been launched, or will be."""
    if test.starts_in_days is not None:
        return {"status": Status.SCHEDULED, "starts_at": now + timedelta(days=test.starts_in_days)}
    if test.traffic is None:
        return {"status": Status.DRAFT}
    started_at = now - timedelta(days=test.ended_days_ago + test.traffic.days)
    planned_days = test.traffic.planned_days or test.traffic.days
    return {"status": Status.RUNNING, "started_at": started_at, "planned_days": planned_days}


def note(experiment: Experiment, action: AuditAction, *, at: datetime, before: str, after: str) -> None:
    """Write a step of long ago down in the audit trail.

    Not by ``audit.record``, which tells people: nobody wants an email about a test that never was.
    """
    AuditEntry.objects.create(
        store=experiment.store,
        experiment=experiment,
        action=action,
        actor="demo",
        at=at,
        detail={"status": [before, after]},
    )


def conclude(experiment: Experiment, test: DemoTest) -> None:
    """End a test of the past as it ended, with what was learned."""
    if experiment.status != Status.RUNNING:
        return
    for name, value in test.concluded.items():
        setattr(experiment, name, value)
    if experiment.decision == Decision.ROLL_OUT:
        experiment.rolled_out_variant = experiment.variants.get(is_control=False)
    experiment.status = Status.CONCLUDED
    experiment.ended_at = timezone.now() - timedelta(days=test.ended_days_ago)
    experiment.save()
    note(experiment, AuditAction.CONCLUDED, at=experiment.ended_at, before="running", after="concluded")


def hold_out(store: Store) -> Experiment | None:
    """Keep offers from a few visitors, since the running tests began; a share that somebody changed stays."""
    if not Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT).exists() and not store.holdout_share:
        store.holdout_share = HOLDOUT_SHARE
        store.save(update_fields=["holdout_share", "updated_at"])
    return holdout.sync_holdout(store, timezone.now() - timedelta(days=DAYS))


def stock_services(store: Store) -> None:
    """What the shop sells besides things; it stands on no shelf and has no picture."""
    for sku, title, price_minor in SERVICES:
        Product.objects.get_or_create(
            store=store,
            sku=sku,
            defaults={
                "title": title,
                "category": SERVICE,
                "price_minor": price_minor,
                "currency": store.currency,
            },
        )


def make_offer(store: Store, test: DemoTest | DemoSequence) -> Offer:
    """The offer; it compares with what its products really cost one by one."""
    products = {product.sku: product for product in Product.objects.filter(store=store, sku__in=test.items)}
    alone_minor = 0
    for sku, quantity in test.items.items():
        alone_minor += products[sku].price_minor * quantity
    offer = Offer.objects.create(store=store, currency=store.currency, compare_at_minor=alone_minor, **test.offer)
    for position, (sku, quantity) in enumerate(test.items.items()):
        OfferItem.objects.create(offer=offer, product=products[sku], quantity=quantity, position=position)
    for quantity, price_minor in test.tiers.items():
        OfferTier.objects.create(offer=offer, quantity=quantity, price_minor=price_minor)
    return offer


def copy_for(store: Store, test: DemoTest) -> dict[str, Any]:
    """The widget's copy; a claim about sales is counted, not made up."""
    widget = test.widget
    if "social_proof" not in widget:
        return widget
    sold = f"{count_sales(store)[next(iter(test.items))]:,}"
    translations = {}
    for locale, texts in widget["translations"].items():
        translations[locale] = with_number(texts, sold)
    return with_number(widget, sold) | {"translations": translations}


def with_number(texts: dict[str, Any], sold: str) -> dict[str, Any]:
    """The texts with the number of orders in what they say about sales."""
    return texts | {"social_proof": texts["social_proof"].replace("{sold}", sold)}


def upsells_of(experiment: Experiment) -> dict[str, LineData]:
    """What each treatment sells, for simulated orders: a set as one line, named by its first product."""
    upsells = {}
    for widget in Widget.objects.filter(variant__experiment=experiment).select_related("offer", "variant"):
        first = widget.offer.items.all()[0]
        upsells[widget.variant.key] = LineData(first.product.sku, 1, widget.offer.price_minor)
    return upsells


def conclude_hillstrom() -> None:
    """Write down what the real experiment taught, where nobody has written anything yet."""
    experiment = Experiment.objects.get(store__slug="hillstrom", key="hillstrom")
    if experiment.learning:
        return
    for name, value in HILLSTROM.items():
        setattr(experiment, name, value)
    experiment.rolled_out_variant = experiment.variants.get(name="Mens E-Mail")
    experiment.save()
