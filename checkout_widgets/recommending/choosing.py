"""Which products are suggested beside a product: those that a merchandiser pinned, then those counted in orders.

Pinned for the product come first, then pinned for its category, then what is bought with it. Never what a merchandiser
banned, what can't be bought, services and gift cards; and never what merely sells well: that says nothing of the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from checkout_widgets.models import ChosenPair, PairBasis, Product, ProductKind, ProductPair


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product to suggest: pinned (``chosen``), counted (``pair``), or both."""

    product: Product
    chosen: ChosenPair | None
    pair: ProductPair | None


def suggestions(product: Product, basis: str = PairBasis.SAME_ORDER) -> list[Suggestion]:
    """Return what is suggested beside the product, the best first."""
    choices = list(choices_for(product).select_related("suggested"))
    pairs = list(ProductPair.objects.filter(product=product, basis=basis).select_related("suggested").order_by("rank"))
    return in_order(product, choices, pairs)


def choices_for(product: Product) -> QuerySet[ChosenPair]:
    """Return what merchandisers say of suggestions beside the product: for itself, its category, and everywhere."""
    own = Q(product=product)
    everywhere = Q(product=None, category="")
    if product.category:
        everywhere |= Q(product=None, category=product.category)
    return ChosenPair.objects.filter(own | everywhere, store=product.store_id)


def in_order(product: Product, choices: Sequence[ChosenPair], pairs: Iterable[ProductPair]) -> list[Suggestion]:
    """Put pinned and counted products into one order, without those that are banned or can't be bought."""
    counted = {pair.suggested_id: pair for pair in pairs}
    found: dict[int, Suggestion] = {}
    # What was said of the product itself goes before what was said of its category.
    for choice in sorted(choices, key=lambda choice: (choice.product_id is None, choice.pk)):
        suggestion = Suggestion(choice.suggested, choice, counted.get(choice.suggested_id))
        found.setdefault(choice.suggested_id, suggestion)
    for pair in counted.values():
        found.setdefault(pair.suggested_id, Suggestion(pair.suggested, None, pair))
    # A ban anywhere counts, also where the product itself has a pin.
    left_out = {choice.suggested_id for choice in choices if choice.is_banned} | {product.pk}
    suggested = []
    for suggestion in found.values():
        if suggestion.product.pk not in left_out and can_be_suggested(suggestion.product):
            suggested.append(suggestion)
    return suggested


def can_be_suggested(product: Product) -> bool:
    """Whether shoppers could buy the product now, and it is one to suggest."""
    is_left = product.stock is None or product.stock > 0
    return product.is_active and is_left and product.kind == ProductKind.GOODS
