"""Counts a store's pairs again: every night, and when somebody asks for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from checkout_widgets.models import PairBasis, PairsCount, Product, ProductKind, ProductPair
from checkout_widgets.recommending.lists import lists_of, write_lists
from checkout_widgets.recommending.purchases import Purchases
from checkout_widgets.recommending.reading import read_purchases
from checkout_widgets.recommending.scoring import ScoredPair, bought_later, bought_together
from experiments.models import Store

# A year has each season once: last summer's habits still count when the next summer comes.
COUNTED = timedelta(days=365)
# Of each product: two are shown, and the others stand in for what is in the cart, owned, or sold out.
HELD_AT_EDGES = 10
LOCK = 0x0FF9  # with the store's id: two counts of a store at once would each delete the other's rows
COLUMNS = (
    *("store_id", "product_id", "suggested_id", "basis", "rank"),
    *("score", "count", "base", "customers", "customers_base"),
)


def count_pairs(store: Store, now: datetime) -> PairsCount:
    """Count what is bought with what in the store's orders of the last year, in place of what was counted before.

    Readers see the pairs of before until all new ones are there.
    """
    since = now - COUNTED
    goods = Product.objects.filter(store=store, kind=ProductKind.GOODS).order_by("pk")
    products = list(goods.values_list("pk", flat=True))
    purchases = read_purchases(store, products, since=since, until=now)
    rows = list(rows_of(store, products, purchases, now))
    with transaction.atomic():
        # One at a time: of the nightly count and one on demand, neither would delete the pairs that the other writes.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        replace_pairs(store, rows)
        write_lists(store, lists_of(together(rows)))
        return note_count(store, purchases, rows, since=since, now=now)


def rows_of(store: Store, products: Sequence[int], purchases: Purchases, now: datetime) -> Iterator[tuple[object, ...]]:
    """Yield the rows of all pairs, as ``COLUMNS``."""
    found = {
        PairBasis.SAME_ORDER: bought_together(purchases),
        PairBasis.LATER: bought_later(purchases, until=now),
    }
    for basis, pairs in found.items():
        for rank, pair in ranked(pairs):
            yield (
                *(store.pk, products[pair.product], products[pair.suggested], basis.value, rank),
                *(pair.score, pair.count, pair.base, pair.customers, pair.customers_base),
            )


def ranked(pairs: Iterator[ScoredPair]) -> Iterator[tuple[int, ScoredPair]]:
    """Number the pairs of each product from 1; they come with the best first."""
    product, rank = -1, 0
    for pair in pairs:
        if pair.product != product:
            product, rank = pair.product, 0
        rank += 1
        yield rank, pair


def together(rows: Sequence[tuple[object, ...]]) -> Iterator[tuple[int, int, float]]:
    """Yield what is bought together, as ``lists_of`` takes it: the edge decides for a cart, before the order."""
    for row in rows:
        _store, product, suggested, basis, rank, score, *_counts = row
        assert isinstance(rank, int)
        if basis == PairBasis.SAME_ORDER and rank <= HELD_AT_EDGES:
            assert isinstance(product, int)
            assert isinstance(suggested, int)
            assert isinstance(score, float)
            yield product, suggested, score


def replace_pairs(store: Store, rows: Sequence[tuple[object, ...]]) -> None:
    """Put the rows in place of the store's pairs. A product that was deleted meanwhile is in none."""
    ProductPair.objects.filter(store=store).delete()
    left = set(Product.objects.filter(store=store).select_for_update(no_key=True).values_list("pk", flat=True))
    table, columns = ProductPair._meta.db_table, ", ".join(COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            if row[1] in left and row[2] in left:
                copy.write_row(row)


def note_count(
    store: Store, purchases: Purchases, rows: Sequence[tuple[object, ...]], *, since: datetime, now: datetime
) -> PairsCount:
    """Write down what was counted, as the next version."""
    orders = len(purchases.order_begins) - 1
    facts = {"counted_at": now, "since": since, "orders": orders, "products": len({row[1] for row in rows})}
    count, is_new = PairsCount.objects.select_for_update().get_or_create(store=store, defaults=facts)
    if not is_new:
        for name, value in facts.items():
            setattr(count, name, value)
        count.version += 1
        count.save()
    return count
