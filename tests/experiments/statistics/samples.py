"""Rows of visitors, summed up as the database would."""

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

from experiments.statistics import Summary

Columns = Mapping[str, Sequence[int]]


def summarise(columns: Columns) -> Summary:
    """A summary of integer columns, one entry per visitor; buyers are those with orders."""
    (n,) = {len(values) for values in columns.values()}

    def total(*names: str) -> int:
        result = 0
        for row in zip(*(columns[name] for name in names), strict=True):
            product = 1
            for value in row:
                product *= int(value)
            result += product
        return result

    return Summary.from_sums(
        n,
        {name: total(name) for name in columns},
        {pair: total(*pair) for pair in combinations_with_replacement(columns, 2)},
        {triple: total(*triple) for triple in combinations_with_replacement(columns, 3)},
        buyers=sum(order > 0 for order in columns["orders"]) if "orders" in columns else None,
    )
