"""What the demo's products cost the shop, and how many are left: the shop's file says neither, so both are made up."""

import zlib

from checkout_widgets.models import Product
from demo.store.categories import SERVICE
from experiments.models import Store

# In percent of the price, and in pieces: a product's own by its stock code, the same in every demo.
LOWEST_COST, COSTS = 35, 21
FEWEST_PIECES, PIECES = 40, 360
SOLD_OUT = frozenset({"22722"})  # what a test of the past offered, so that the list of offers has one


def take_stock(store: Store) -> None:
    """Note costs and pieces where the store knows no cost yet: what somebody has changed since stays."""
    products = Product.objects.filter(store=store)
    if products.filter(cost_minor__isnull=False).exists():
        return
    counted = list(products)
    for product in counted:
        product.cost_minor = cost_of(product)
        product.stock = pieces_of(product)
    Product.objects.bulk_update(counted, ["cost_minor", "stock"], batch_size=1_000)


def cost_of(product: Product) -> int:
    """Return what a piece costs the shop."""
    share = LOWEST_COST + digest_of(product) % COSTS
    return product.price_minor * share // 100


def pieces_of(product: Product) -> int | None:
    """Return how many pieces are left; None of services, which stand on no shelf."""
    if product.category == SERVICE:
        return None
    if product.sku in SOLD_OUT:
        return 0
    return FEWEST_PIECES + digest_of(product) % PIECES


def digest_of(product: Product) -> int:
    """Return a number that is always the same for a stock code."""
    return zlib.crc32(product.sku.encode())
