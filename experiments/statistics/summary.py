"""What one arm's visitors add up to: counts, means and centred cross-products up to the third order.

Sources: T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance" (1983) for merging;
P. Pebay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments"
(2008) for the third order.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | float | Decimal | Fraction
Pair: TypeAlias = tuple[str, str]
Triple: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """One arm, summed up. The unit is the visitor; ``n`` of them, buyers or not; money is in minor units.

    - ``columns``: the names of what was measured per visitor.
    - ``means``: per column, the mean; 0 without visitors.
    - ``comoments``: per pair (names in alphabetical order), the sum of products of deviations from the means.
    - ``third_comoments``: per triple (names in alphabetical order), the same of three; ``None`` where not given.
    - ``buyers``: visitors with at least one order; ``None`` where not given.

    ``a + b`` merges two disjoint groups of visitors measured on the same columns.
    """

    n: int
    columns: tuple[str, ...]
    means: Mapping[str, float]
    comoments: Mapping[Pair, float]
    third_comoments: Mapping[Triple, float] | None = None
    buyers: int | None = None

    @classmethod
    def from_sums(
        cls,
        n: int,
        sums: Mapping[str, Number],
        cross_sums: Mapping[Pair, Number],
        third_sums: Mapping[Triple, Number] | None = None,
        *,
        buyers: int | None = None,
    ) -> Summary:
        """Centre raw sums in exact arithmetic, so that no digit is lost however large the mean.

        ``sums[a]`` is the sum of a over the ``n`` visitors, ``cross_sums[a, b]`` of a*b, ``third_sums[a, b, c]`` of
        a*b*c: every unordered pair and triple once, in any order of names. Pairs and triples that nobody needs may be
        left out. Raises ``ValueError`` for a negative count, a value that is not finite, or a name without a sum.
        """
        if n < 0 or not 0 <= (buyers or 0) <= n:
            raise ValueError(f"need 0 <= buyers <= n, got {buyers} of {n}")
        first = {name: _exact(value) for name, value in sums.items()}
        second = {_pair(*names): _exact(value) for names, value in cross_sums.items()}
        third = None if third_sums is None else {_triple(*names): _exact(v) for names, v in third_sums.items()}
        _check_names(first, second, third or {})
        return cls(
            n=n,
            columns=tuple(first),
            means={name: float(Fraction(value, n)) if n else 0.0 for name, value in first.items()},
            comoments={key: _centre_second(n, key, first, value) for key, value in second.items()},
            third_comoments=None if third is None else _centre_thirds(n, first, second, third),
            buyers=buyers,
        )

    def __add__(self, other: Summary) -> Summary:
        """Merge with another group. ``ValueError`` where the columns differ; sums only one side has are dropped."""
        if set(self.columns) != set(other.columns):
            raise ValueError(f"cannot merge {self.columns} with {other.columns}")
        if not self.n or not other.n:
            return self if self.n else other
        return _merge(self, other)

    def select(self, *columns: str) -> Summary:
        """The same visitors with these columns alone and no third order. ``KeyError`` where not summed."""
        pairs = {_pair(a, b) for a in columns for b in columns}
        return Summary(
            self.n,
            columns,
            {name: self.means[name] for name in columns},
            {pair: self.comoments[pair] for pair in pairs},
            buyers=self.buyers,
        )

    def mean(self, column: str) -> float | None:
        """Mean per visitor; ``None`` without visitors."""
        return self.means[column] if self.n else None

    def variance(self, column: str) -> float | None:
        """Sample variance (n - 1) per visitor; ``None`` below two visitors."""
        return self.covariance(column, column)

    def covariance(self, a: str, b: str) -> float | None:
        """Sample covariance (n - 1) of two columns; ``None`` below two visitors. ``KeyError`` where not summed."""
        return self.comoment(a, b) / (self.n - 1) if self.n > 1 else None

    def comoment(self, a: str, b: str) -> float:
        """Sum of products of the deviations of a and b. ``KeyError`` where not summed."""
        return self.comoments[_pair(a, b)]

    def third_comoment(self, a: str, b: str, c: str) -> float:
        """Sum of products of the deviations of a, b and c. ``KeyError`` where not summed."""
        return (self.third_comoments or {})[_triple(a, b, c)]


def _exact(value: Number) -> int | Fraction:
    """The value as an exact number; ``ValueError`` where it is not finite."""
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        pass
    if not math.isfinite(value):
        raise ValueError(f"a sum must be finite, got {value}")
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a <= b else (b, a)


def _triple(a: str, b: str, c: str) -> Triple:
    first, second, third = sorted((a, b, c))
    return first, second, third


def _check_names(first: Mapping[str, object], second: Mapping[Pair, object], third: Mapping[Triple, object]) -> None:
    """Every name has its sum, and every triple its pairs: centring needs them."""
    for key in (*second, *third):
        if missing := set(key) - set(first):
            raise ValueError(f"no sum of {', '.join(sorted(missing))}")
    for a, b, c in third:
        if missing_pairs := {(a, b), (a, c), (b, c)} - set(second):
            raise ValueError(f"no cross sum of {sorted(missing_pairs)}")


def _centre_second(n: int, key: Pair, first: Mapping[str, int | Fraction], total: int | Fraction) -> float:
    """``sum(ab) - sum(a) sum(b) / n``; a variance that rounding of the sums made negative is 0."""
    if not n:
        return 0.0
    a, b = key
    centred = float(Fraction(n * total - first[a] * first[b], n))
    return max(centred, 0.0) if a == b else centred


def _centre_thirds(
    n: int,
    first: Mapping[str, int | Fraction],
    second: Mapping[Pair, int | Fraction],
    third: Mapping[Triple, int | Fraction],
) -> dict[Triple, float]:
    return {key: _centre_third(n, key, first, second, total) for key, total in third.items()}


def _centre_third(
    n: int,
    key: Triple,
    first: Mapping[str, int | Fraction],
    second: Mapping[Pair, int | Fraction],
    total: int | Fraction,
) -> float:
    """``sum(abc) - [sum(a) sum(bc) + sum(b) sum(ac) + sum(c) sum(ab)] / n + 2 sum(a) sum(b) sum(c) / n^2``."""
    if not n:
        return 0.0
    a, b, c = key
    mixed = first[a] * second[b, c] + first[b] * second[a, c] + first[c] * second[a, b]
    return float(Fraction(n * (n * total - mixed) + 2 * first[a] * first[b] * first[c], n * n))


def _merge(left: Summary, right: Summary) -> Summary:
    """Pairwise update of means and co-moments, both sides with visitors."""
    n = left.n + right.n
    delta = {name: right.means[name] - left.means[name] for name in left.columns}
    weight = left.n * right.n / n
    third = _merge_third(left, right, delta) if left.third_comoments and right.third_comoments else None
    both_buyers = left.buyers is not None and right.buyers is not None
    return Summary(
        n=n,
        columns=left.columns,
        means={name: left.means[name] + delta[name] * (right.n / n) for name in left.columns},
        comoments={
            (a, b): value + right.comoments[a, b] + delta[a] * delta[b] * weight
            for (a, b), value in left.comoments.items()
            if (a, b) in right.comoments
        },
        third_comoments=third,
        buyers=(left.buyers or 0) + (right.buyers or 0) if both_buyers else None,
    )


def _merge_third(left: Summary, right: Summary, delta: Mapping[str, float]) -> dict[Triple, float]:
    """Third-order products of a merged group: shift each side's centre to the common mean (Pebay 2008, eq. 2.1)."""
    n = left.n + right.n
    to_left, to_right = -right.n / n, left.n / n
    cubic = left.n * to_left**3 + right.n * to_right**3

    def shifted(a: str, b: str, c: str) -> float:
        spread = sum(
            delta[x] * (to_left * left.comoment(y, z) + to_right * right.comoment(y, z))
            for x, y, z in ((a, b, c), (b, a, c), (c, a, b))
        )
        own = left.third_comoment(a, b, c) + right.third_comoment(a, b, c)
        return own + spread + cubic * delta[a] * delta[b] * delta[c]

    return {key: shifted(*key) for key in left.third_comoments or {} if key in (right.third_comoments or {})}
