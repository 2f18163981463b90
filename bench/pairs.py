"""How well pairs are found, and how long a count takes: ``python -m bench.pairs``.

The pairs of a million orders are counted in a database: seconds of processor time, and the most memory of the process.
Then two thousand baskets of a real shop are held out; of each, one product is hidden, and ten products are suggested
from another one of the basket, and from all others. Counted is how often the hidden one is among the ten, by the scores
of ``checkout_widgets/recommending`` and by four others: popularity is the floor, BM25 the best of the usual ones. The
same with the orders of a sample in time: counted in the first four fifths, asked of the last. Ends with 1 where a bar
is missed.

Data: D. Chen, "Online Retail", UCI Machine Learning Repository (2015), CC BY 4.0.
"""

from __future__ import annotations

import csv
import gzip
import json
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from bench.database import scratch
from checkout_widgets.recommending.purchases import Purchases
from checkout_widgets.recommending.scoring import bought_together

if TYPE_CHECKING:
    from experiments.models import Store

Matrix = Any  # sparse or not, as SciPy returns them: its types say too little
BASKETS = Path(__file__).parent / "data" / "online_retail_baskets.csv.gz"
SAMPLE = Path(__file__).parent.parent / "demo" / "data" / "online_retail_sample.csv.gz"
HELD_OUT = 2_000
SUGGESTED = 10
# Bars: from one product and from a basket, in multiples of what popularity finds; seconds and MB of a million orders.
FROM_ONE, FROM_BASKET, MOST_SECONDS, MOST_MB = 2.7, 5.0, 30, 600
FILL = """
WITH made AS (
    INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, customer_key, status,
        placed_at, updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor,
        total_minor)
    SELECT %(store_id)s, number, 'api', '', '', 'i_' || (random() * %(size)s * 0.6)::int, 'paid', at, at, at, 'EUR',
        4900, 0, 0, 0, 4900
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
    -- The number is in each expression, so that every row has a random value of its own.
    CROSS JOIN LATERAL (
        SELECT %(now)s::timestamptz - random() * interval '360 days' + number * interval '0'
    ) AS placed (at)
    RETURNING id
)
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
SELECT id, position, 'p' || (power(random(), 3) * 20000 + id * 0)::int, 1, 4900, 0, 2000, false, ''
FROM made CROSS JOIN LATERAL generate_series(1, 1 + (random() * 5 + id * 0)::int) AS position
"""


class Question(NamedTuple):
    """A basket of which one product is hidden: what is left, and one product of it."""

    hidden: int
    left: list[int]
    one: int


class Hits(NamedTuple):
    """The share of questions answered within ten suggestions, from one product and from the basket."""

    one: float
    basket: float


def read_baskets() -> list[list[str]]:
    """Return the products of each real basket, once each."""
    with gzip.open(BASKETS, "rt") as lines:
        return [list(dict.fromkeys(line.strip().split(","))) for line in lines]


def read_orders_by_time() -> list[list[str]]:
    """Return the products of each order of the sample, the oldest first; cancellations are left out."""
    orders: dict[str, tuple[datetime, list[str]]] = {}
    with gzip.open(SAMPLE, "rt", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["InvoiceDate"], "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
            if not row["InvoiceNo"].startswith("C"):
                orders.setdefault(row["InvoiceNo"], (at, []))[1].append(row["StockCode"])
    by_time = sorted(orders.values(), key=lambda order: order[0])
    baskets = []
    for _, products in by_time:
        baskets.append(list(dict.fromkeys(products)))
    return baskets


def places_of(baskets: Sequence[Sequence[str]]) -> list[list[int]]:
    """Name products by numbers from 0; baskets of one thing, which ask nothing, are left out."""
    places: dict[str, int] = {}
    return [[places.setdefault(name, len(places)) for name in basket] for basket in baskets if len(basket) > 1]


def matrix_of(baskets: Sequence[Sequence[int]], size: int) -> Matrix:
    """Return which basket (row) has which product (column)."""
    rows = np.repeat(np.arange(len(baskets)), list(map(len, baskets)))
    columns = np.concatenate(list(map(np.asarray, baskets)))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(baskets), size))


def our_scores(bought: Matrix) -> Matrix:
    """Return the product's own scores, without a lower limit: the sample is small."""
    entries = bought.tocoo()
    nothing = np.zeros(len(entries.row), dtype=np.int64)
    purchases = Purchases.sort(
        customers=nothing,
        orders=entries.row.astype(np.int64),
        products=entries.col.astype(np.int64),
        minutes=nothing,
        size=bought.shape[1],
    )
    pairs = list(bought_together(purchases, kept=bought.shape[1], fewest=1))
    shape = (purchases.size, purchases.size)
    # three empty columns where no pair was bought
    products, suggested, scores = [], [], []
    for pair in pairs:
        products.append(pair.product)
        suggested.append(pair.suggested)
        scores.append(pair.score)
    return sparse.csr_matrix((scores, (products, suggested)), shape=shape)


def popular(bought: Matrix) -> Matrix:
    """Suggest to everybody what is bought most."""
    counts = np.asarray(bought.sum(axis=0)).ravel()
    return sparse.csr_matrix(np.tile(counts, (bought.shape[1], 1)))


def confidence(bought: Matrix) -> Matrix:
    """The share of the baskets with one product that have the other."""
    counts = np.maximum(np.asarray(bought.sum(axis=0)).ravel(), 1)
    return sparse.diags(1 / counts) @ without_itself(bought.T @ bought)


def cosine(bought: Matrix) -> Matrix:
    """The cosine of the products' columns."""
    scale = sparse.diags(1 / np.sqrt(np.maximum(np.asarray(bought.sum(axis=0)).ravel(), 1)))
    return scale @ without_itself(bought.T @ bought) @ scale


def bm25(bought: Matrix, *, k1: float = 100.0, b: float = 0.8) -> Matrix:
    """Robertson's BM25 over products as documents and baskets as words, as recommenders use it, with their defaults."""
    products = bought.T.tocoo()
    lengths = np.asarray(bought.sum(axis=0)).ravel()
    rarity = np.log(products.shape[0]) - np.log1p(np.asarray(bought.sum(axis=1)).ravel())
    length_norm = 1 - b + b * lengths / lengths.mean()
    weights = (k1 + 1) / (k1 * length_norm[products.row] + 1) * rarity[products.col]
    weighted = sparse.csr_matrix((weights, (products.row, products.col)), shape=products.shape)
    return without_itself(weighted @ weighted.T)


def without_itself(scores: Matrix) -> Matrix:
    """No product is suggested beside itself."""
    scores = scores.tolil()
    scores.setdiag(0)
    return scores.tocsr()


METHODS: dict[str, Callable[[Matrix], Matrix]] = {
    "popularity": popular,
    "confidence": confidence,
    "cosine": cosine,
    "bm25": bm25,
    "ours": our_scores,
}


def ask(baskets: Sequence[Sequence[int]], places: Sequence[int], random: np.random.Generator) -> list[Question]:
    """Hide one product of each of these baskets."""
    questions = []
    for place in places:
        basket = list(baskets[place])
        hidden = basket.pop(int(random.integers(len(basket))))
        questions.append(Question(hidden, basket, basket[int(random.integers(len(basket)))]))
    return questions


def count_hits(scores: Matrix, questions: Sequence[Question]) -> Hits:
    """Count how often the hidden product is among the ten best."""
    from_one = from_basket = 0
    for question in questions:
        from_one += is_among_best(scores[question.one], [question.one], question.hidden)
        from_basket += is_among_best(scores[question.left].sum(axis=0), question.left, question.hidden)
    return Hits(from_one / len(questions), from_basket / len(questions))


def is_among_best(scores: Matrix, known: Sequence[int], hidden: int) -> bool:
    """Whether the hidden product is among the ten with the highest scores, those already in the basket left out."""
    if hasattr(scores, "toarray"):
        scores = scores.toarray()
    row = np.asarray(scores).ravel().copy()
    row[known] = 0
    return bool(row[hidden] > 0 and hidden in np.argpartition(-row, SUGGESTED)[:SUGGESTED])


def held_out(seed: int) -> tuple[Matrix, list[Question]]:
    """Hold out two thousand baskets at random."""
    baskets = places_of(read_baskets())
    random = np.random.default_rng(seed)
    asked = set(random.choice(len(baskets), HELD_OUT, replace=False).tolist())
    learned = [basket for place, basket in enumerate(baskets) if place not in asked]
    size = 1 + max(map(max, baskets))
    return matrix_of(learned, size), ask(baskets, sorted(asked), random)


def split_in_time(seed: int) -> tuple[Matrix, list[Question]]:
    """Learn from the first four fifths of the sample's orders, and ask of the last."""
    baskets = places_of(read_orders_by_time())
    begins = len(baskets) * 4 // 5
    size = 1 + max(map(max, baskets))
    questions = ask(baskets, range(begins, len(baskets)), np.random.default_rng(seed))
    return matrix_of(baskets[:begins], size), questions


def compare(bought: Matrix, questions: Sequence[Question]) -> dict[str, Hits]:
    """Return what each method finds."""
    found = {}
    for name, score in METHODS.items():
        found[name] = count_hits(score(bought), questions)
    return found


def time_count(size: int) -> tuple[float, float]:
    """Count the pairs of ``size`` orders and 20,000 products; return seconds of processor time, and MB at most."""
    from checkout_widgets.recommending.refresh import count_pairs

    now = datetime.now(UTC)
    store = fill(size, now)
    before = time.process_time()
    count = count_pairs(store, now)
    seconds = time.process_time() - before
    assert count.orders == size, count
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(size: int, now: datetime) -> Store:
    """Make a store with 20,000 products and so many orders."""
    from django.db import connection

    from checkout_widgets.models import Product
    from tests import factories

    store = factories.make_store()
    products = [
        Product(store=store, sku=f"p{number}", title=f"Product {number}", currency="EUR", price_minor=4900)
        for number in range(20_001)
    ]
    Product.objects.bulk_create(products, batch_size=5_000)
    with connection.cursor() as cursor:
        for first in range(1, size + 1, 100_000):
            span = {"first": first, "last": min(first + 99_999, size)}
            cursor.execute(FILL, {"store_id": store.pk, "size": size, "now": now, **span})
        cursor.execute("ANALYZE experiments_order, experiments_orderline, checkout_widgets_product")
    return store


def print_table(title: str, found: dict[str, Hits]) -> None:
    """Print what each method finds, beside popularity."""
    print(title)
    floor = found["popularity"]
    for name, hits in found.items():
        beside = [f"{100 * mine:5.1f}% ({mine / theirs:.1f}x)" for mine, theirs in zip(hits, floor, strict=True)]
        print(f"  {name:12} from one product {beside[0]}, from the basket {beside[1]}")


def main() -> int:
    """Print what was measured, and as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    # First: the most memory that a process had is known, and other scores take more than a count does.
    with scratch("config.settings"):
        seconds, megabytes = time_count(asked.orders)
    print(f"{asked.orders:,} orders: {seconds:.1f} s (bar {MOST_SECONDS}), {megabytes:.0f} MB (bar {MOST_MB})")
    found = compare(*held_out(asked.seed))
    in_time = compare(*split_in_time(asked.seed))
    print_table(f"{HELD_OUT:,} baskets held out:", found)
    print_table("the last fifth of the sample's orders:", in_time)
    results = {"held_out": found, "in_time": in_time, "seconds": round(seconds, 1), "megabytes": round(megabytes)}
    print(json.dumps({"benchmark": "pairs", "orders": asked.orders, **results}))
    ours, floor = found["ours"], found["popularity"]
    is_found = ours.one >= FROM_ONE * floor.one and ours.basket >= FROM_BASKET * floor.basket
    return int(not (is_found and seconds <= MOST_SECONDS and megabytes <= MOST_MB))


if __name__ == "__main__":
    sys.exit(main())
