"""What a store sells, asked of the app above, which says at the start how to look it up; this app knows no products."""

from collections.abc import Callable, Collection

SkusOfCategories = Callable[[int, Collection[str]], list[str]]

lookups: list[SkusOfCategories] = []


def register(lookup: SkusOfCategories) -> None:
    """Name the function that lists the SKUs of a store's categories: for the app's ``ready``."""
    lookups[:] = [lookup]


def skus_of_categories(store_id: int, categories: Collection[str]) -> list[str]:
    """List the SKUs of the store's products in any of these categories, in order; none in a process without the app."""
    if not categories:
        return []
    found: list[str] = []
    for lookup in lookups:
        found += lookup(store_id, categories)
    return found
