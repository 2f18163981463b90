"""What goes together in the demo store: counted in its orders, a few pinned by hand, and a draft that compares both."""

from django.utils import timezone

from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.templates import templates
from checkout_widgets.models import ChosenPair, Product
from checkout_widgets.recommending import curating
from checkout_widgets.recommending.refresh import count_pairs
from experiments.models import Experiment, Moment, Store

TEMPLATE = "curated-or-recommended"
# What the team picked beside a product, with the reason for it.
PINNED = (
    ("22423", "22699", "Cake wants tea: these cups stand beside the stand in our pictures."),
    ("20725", "22382", "The second lunch bag is mostly for a sibling, and this one has other colors."),
    ("85123A", "22469", "Customers hang both hearts in the same window."),
)
PRIORITY = 3  # before the tests for all carts, behind which it would get nobody


def begin(store: Store) -> None:
    """Count the pairs, pin some, and draft the test, once there are any: what somebody changed since stays."""
    if ChosenPair.objects.filter(store=store).exists():
        return
    if not count_pairs(store, timezone.now()).products:
        return  # with little traffic, no two products are bought together often enough
    products = {product.sku: product for product in Product.objects.filter(store=store)}
    for sku, suggested, reason in PINNED:
        pin = ChosenPair(store=store, product=products[sku], suggested=products[suggested], reason=reason)
        curating.choose(pin, actor="maya")
    draft_test(store)


def draft_test(store: Store) -> Experiment:
    """Draft a test of pinned against counted pairs, to be looked at and launched by whoever tries the demo."""
    choices = DraftChoices(key=TEMPLATE, name=templates()[TEMPLATE].name, moment=Moment.CART)
    draft = create_draft(templates()[TEMPLATE], store, choices, actor="demo")
    draft.priority = PRIORITY
    draft.save(update_fields=["priority", "updated_at"])
    return draft
