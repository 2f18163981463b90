"""``GET /v1/moments``: at which moments a page needs a slot now. No database query: all of it comes from memory."""

from typing import Any
from urllib.parse import parse_qs

from checkout_widgets.edge import arbiter
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import endpoint

TTL_S = 60  # as long as a slot may stay closed after a test has begun
MAX_QUERY_FIELDS = 20  # the call has one; a cache or a proxy may add some


@endpoint(max_bytes=0, method="GET", cache_control=f"public, max-age={TTL_S}", has_queries=False)
def moments(call: Call) -> dict[str, Any]:
    """Answer for the store whose public key is in the query."""
    store = call.store_for_page(key_in(call.environ.get("QUERY_STRING", "")))
    return {"moments": arbiter.open_moments(store, call.now), "ttl_s": TTL_S}


def key_in(query: str) -> str | None:
    """Return the field ``key`` of an address's query; None without one, or where there are too many fields."""
    try:
        return parse_qs(query, max_num_fields=MAX_QUERY_FIELDS).get("key", [None])[0]
    except ValueError:
        return None
