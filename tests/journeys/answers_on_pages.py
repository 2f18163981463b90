"""What a store's pages know of answers, for tests of where these come from."""

from checkout_widgets.edge import loading
from checkout_widgets.silenced_shoppers import visitor_digest
from experiments.models import Store

ASKS = {"any": [{"field": "answers", "op": "contains_any", "value": ["size"]}]}


def of_visitor(store: Store, name: str) -> set[str]:
    """The tags that the visitor with this name has there."""
    held = loading.load().by_site_key[store.site_key].answers
    assert held is not None
    return set(held.of(visitor_digest(store.pk, f"v_{name}")))
