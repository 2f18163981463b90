"""One change of each kind to what the edge holds of the only store there is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from checkout_widgets import send_points_today, shopper_answers, shopper_stages
from checkout_widgets.models import ConfirmationQuestion, HeldByShoppers, Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import Experiment, Store, Variant
from tests import factories


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


CHANGES: dict[str, Callable[[], object]] = {
    "store": lambda: Store.objects.update(allowed_origins=["https://new.example"]),
    "experiment": lambda: Experiment.objects.update(priority=7),
    "tier": lambda: OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1),
    "item": lambda: OfferItem.objects.update(quantity=2),
    "holdout": lambda: factories.make_holdout(Store.objects.get()),
    "deleted widget": lambda: Widget.objects.all().delete(),
    "variant": lambda: Variant.objects.filter(is_control=True).update(weight=3),
    "widget": lambda: Widget.objects.update(headline="Changed"),
    "offer": lambda: Offer.objects.update(price_minor=500),
    "answers of shoppers": lambda: shopper_answers.keep(Store.objects.get().pk, ["size"], [(256, 0)], "one"),
    "products of shoppers": lambda: HeldByShoppers.objects.create(store=Store.objects.get(), shoppers=b""),
    "question": lambda: ConfirmationQuestion.objects.create(store=Store.objects.get(), is_on=True),
    "stages of shoppers": lambda: shopper_stages.keep(Store.objects.get().pk, {8: "care"}),
    "send points": lambda: send_points_today.keep(Store.objects.get().pk, tomorrow(), [1], "one"),
    "product": lambda: Product.objects.update(stock=0),
}
