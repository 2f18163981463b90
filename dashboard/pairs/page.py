"""The pages of product pairs: the list of products, and one product with all that is bought with it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Max, Q, QuerySet

from checkout_widgets import store_jobs
from checkout_widgets.models import ChosenPair, PairBasis, PairsCount, Product, ProductPair
from checkout_widgets.recommending.choosing import choices_for, suggestions
from checkout_widgets.recommending.jobs import count_pairs
from checkout_widgets.recommending.shared_habit import SharedHabit
from dashboard.paging import words
from experiments.models import Order, Store

PAGE_SIZE = 25
SHOWN = 3  # suggestions of each product in the list; its own page has all


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list, with the best of what is bought with it, and later."""

    product: Product
    together: list[ProductPair]
    later: list[ProductPair]


@dataclass(frozen=True)
class PairsPage:
    """The products of a store that have pairs, those that are bought most first."""

    store: Store
    text: str = ""
    number: str | int = 1

    @classmethod
    def asked(cls, store: Store, query: Mapping[str, str]) -> "PairsPage":
        """Return what an address asks for."""
        return cls(store=store, text=words(query), number=query.get("page", "1"))

    @cached_property
    def count(self) -> PairsCount | None:
        """When and in what the pairs were counted; None where they weren't yet."""
        return PairsCount.objects.filter(store=self.store).first()

    @cached_property
    def is_counting(self) -> bool:
        """Whether a count waits or runs."""
        return store_jobs.is_queued(count_pairs, self.store.pk)

    @cached_property
    def has_products(self) -> bool:
        """Whether there is a catalog."""
        return Product.objects.filter(store=self.store).exists()

    @cached_property
    def has_orders(self) -> bool:
        """Whether any order has come."""
        return Order.objects.filter(store=self.store).exists()

    @cached_property
    def page(self) -> Page[Any]:
        """The products of this page."""
        found = Product.objects.filter(store=self.store, pairs__isnull=False)
        if self.text:
            found = found.filter(Q(title__icontains=self.text) | Q(sku__icontains=self.text))
        by_orders = found.annotate(most=Max("pairs__base")).order_by("-most", "title", "pk")
        return Paginator(by_orders, PAGE_SIZE).get_page(self.number)

    @cached_property
    def rows(self) -> list[ProductRow]:
        """The products with the best of their pairs."""
        best: dict[tuple[int, str], list[ProductPair]] = defaultdict(list)
        pairs = ProductPair.objects.filter(product__in=list(self.page), rank__lte=SHOWN).select_related("suggested")
        for pair in pairs.order_by("rank"):
            best[pair.product_id, pair.basis].append(pair)
        return [
            ProductRow(product, best[product.pk, PairBasis.SAME_ORDER], best[product.pk, PairBasis.LATER])
            for product in self.page
        ]

    @cached_property
    def category_choices(self) -> "QuerySet[ChosenPair]":
        """What was said of categories, and of all products."""
        return ChosenPair.objects.filter(store=self.store, product=None).select_related("suggested")

    @property
    def earlier(self) -> str:
        """The query of the page before this one."""
        return self.query(self.page.previous_page_number())

    @property
    def later(self) -> str:
        """The query of the page after this one."""
        return self.query(self.page.next_page_number())

    def query(self, number: int) -> str:
        """The query of a page of this list."""
        return "?" + urlencode({"store": self.store.slug, "q": self.text, "page": number})


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggested product: pinned or not, how often both were bought, and what may be said of it."""

    product: Product
    chosen: ChosenPair | None
    pair: ProductPair | None
    habit: SharedHabit | None


@dataclass(frozen=True)
class ProductPairsPage:
    """One product, and all that is suggested beside it."""

    product: Product

    @cached_property
    def together(self) -> list[SuggestionRow]:
        """What is suggested with it, as it is bought in one order."""
        return self.rows(PairBasis.SAME_ORDER)

    @cached_property
    def later(self) -> list[SuggestionRow]:
        """What customers buy later."""
        return self.rows(PairBasis.LATER)

    def rows(self, basis: str) -> list[SuggestionRow]:
        """What is suggested, in its order."""
        rows = []
        for one in suggestions(self.product, basis):
            habit = None
            if one.pair is not None:
                habit = SharedHabit(one.pair.customers, one.pair.customers_base)
            rows.append(SuggestionRow(one.product, one.chosen, one.pair, habit))
        return rows

    @cached_property
    def choices(self) -> list[ChosenPair]:
        """What merchandisers said of suggestions beside it, pins first."""
        return sorted(choices_for(self.product).select_related("suggested"), key=lambda choice: choice.is_banned)
