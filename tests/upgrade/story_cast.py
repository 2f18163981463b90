"""Who is in the story: stores, their products and people, a test, and the clock that all of it happens by."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from django.contrib.auth.models import User

from checkout_widgets.models import Offer, OfferItem, Product, Widget
from experiments.models import (
    ApiToken,
    Experiment,
    Membership,
    Role,
    Store,
    Subscription,
    Variant,
    WebhookTarget,
)
from tests.upgrade.clock import Clock

CLOCK = Clock(datetime(2026, 10, 5, 8, tzinfo=UTC))


CHANCE = Random(11)


SECRET = "kept-secret-of-the-shop"


LINES = (("cup", 990), ("pot", 3_490), ("tin", 1_250))


PEOPLE = ("ada", "ben")


def make_store(slug: str, currency: str) -> Store:
    """A store with two members, an address that is told, an API token, a catalogue."""
    store = Store.objects.create(
        slug=slug,
        name=slug.title(),
        currency=currency,
        timezone="Europe/Berlin",
        site_key=f"pk_{slug}",
        secret_key=f"sk_{slug}_0123456789abcdef0123456789",
        allowed_origins=[f"https://{slug}.example"],
    )
    for name, role in zip(PEOPLE, (Role.ADMIN, Role.VIEWER), strict=True):
        user, _ = User.objects.get_or_create(username=name, defaults={"email": f"{name}@shop.example"})
        Membership.objects.create(user=user, store=store, role=role)
    Subscription.objects.create(user=User.objects.get(username="ada"), store=store)
    WebhookTarget.objects.create(store=store, url=f"https://{slug}.example/told")
    token = ApiToken(store=store, name="Warehouse")
    token.renew()
    token.save()
    for sku, price_minor in LINES:
        Product.objects.create(
            store=store,
            sku=sku,
            title=sku.title(),
            currency=currency,
            price_minor=price_minor,
            cost_minor=price_minor // 3,
            external_id=f"9{price_minor}",
        )
    return store


def make_test(store: Store, key: str, moment: str, *, sku: str = "cup", **fields: Any) -> Experiment:
    """A draft with a control and a treatment that offers a product for less."""
    experiment = Experiment.objects.create(
        store=store, key=key, name=key.replace("-", " ").title(), moment=moment, salt=f"salt-{key}", **fields
    )
    Variant.objects.create(experiment=experiment, key="control", name="No offer", is_control=True)
    treatment = Variant.objects.create(experiment=experiment, key="offer", name="Offer")
    product = Product.objects.get(store=store, sku=sku)
    offer, is_new = Offer.objects.get_or_create(
        store=store,
        key=f"{sku}-for-less",
        defaults={
            "name": f"{sku.title()} for less",
            "currency": store.currency,
            "price_minor": product.price_minor - 100,
            "compare_at_minor": product.price_minor,
        },
    )
    if is_new:
        OfferItem.objects.create(offer=offer, product=product, position=0)
    Widget.objects.create(
        variant=treatment,
        offer=offer,
        layout="dialog" if moment == "exit_intent" else "card",
        headline="Goes well with tea",
        accept_label="Add for {price}",
        translations={"de": {"headline": "Passt zum Tee"}},
    )
    return experiment
