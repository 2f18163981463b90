"""How long targeting takes on the edge: ``python -m bench.targeting``. Rules are compiled once, asked each time."""

import timeit
from functools import partial

from experiments.assignment.targeting import Context, compile_rules

CONTEXT = Context(
    device="phone",
    country="de",
    language="de",
    customer_type="new",
    currency="eur",
    path="/cart",
    cart_value_minor=6670,
    cart_items=2,
    orders=0,
    skus=frozenset({"23166", "23084"}),
    categories=frozenset({"kitchen"}),
    hour=14,
)
RULES = {
    "nobody asked": {},
    "one condition": {"field": "device", "op": "in", "value": ["phone", "tablet"]},
    "every field": {
        "all": [
            {"field": "device", "op": "in", "value": ["phone", "tablet"]},
            {"field": "country", "op": "not_in", "value": ["US", "CA"]},
            {"field": "language", "op": "is", "value": "de"},
            {"field": "currency", "op": "is", "value": "EUR"},
            {"field": "path", "op": "contains", "value": "/cart"},
            {"field": "orders", "op": "at_most", "value": 3},
            {"field": "hour", "op": "at_least", "value": 6},
            {"field": "skus", "op": "contains_any", "value": ["23166", "23084"]},
            {"field": "categories", "op": "contains_none", "value": ["garden"]},
            {
                "any": [
                    {"field": "cart_value_minor", "op": "at_least", "value": 5000},
                    {"field": "customer_type", "op": "is", "value": "returning"},
                ]
            },
        ]
    },
}


def main() -> None:
    """Print the microseconds of each, the best of five runs."""
    for name, rules in RULES.items():
        rule = compile_rules(rules)
        assert rule(CONTEXT), name
        seconds = min(timeit.repeat(partial(rule, CONTEXT), number=20_000, repeat=5))
        print(f"{name:16}{1e6 * seconds / 20_000:8.2f} µs")


if __name__ == "__main__":
    main()
