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
Exact: TypeAlias = int | Fraction
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
        exact = _ExactSums.of(n, sums, cross_sums, third_sums or {})
        exact.check_names()
        third_comoments = None
        if third_sums is not None:
            third_comoments = exact.third_comoments()
        return cls(
            n=n,
            columns=tuple(exact.first),
            means=exact.means(),
            comoments=exact.comoments(),
            third_comoments=third_comoments,
            buyers=buyers,
        )

    def __add__(self, other: Summary) -> Summary:
        """Merge with another group. ``ValueError`` where the columns differ; sums only one side has are dropped."""
        if set(self.columns) != set(other.columns):
            raise ValueError(f"cannot merge {self.columns} with {other.columns}")
        if not self.n:
            return other
        if not other.n:
            return self
        return _merge(self, other)

    def select(self, *columns: str) -> Summary:
        """Return the same visitors with these columns alone and no third order. ``KeyError`` where not summed."""
        means, comoments = {}, {}
        for a in columns:
            means[a] = self.means[a]
            for b in columns:
                pair = _pair(a, b)
                comoments[pair] = self.comoments[pair]
        return Summary(self.n, columns, means, comoments, buyers=self.buyers)

    def scaled(self, columns: Mapping[str, float]) -> Summary:
        """Return the same visitors with some columns times a factor each; other columns stay, as do their products."""
        means = {}
        for name, mean in self.means.items():
            means[name] = mean * columns.get(name, 1.0)
        # A product of columns is multiplied by the factors of all of them: x² by that of x, twice.
        comoments = {}
        for pair, value in self.comoments.items():
            comoments[pair] = value * _factor(columns, pair)
        third_comoments = None
        if self.third_comoments is not None:
            third_comoments = {}
            for triple, value in self.third_comoments.items():
                third_comoments[triple] = value * _factor(columns, triple)
        return Summary(
            n=self.n,
            columns=self.columns,
            means=means,
            comoments=comoments,
            third_comoments=third_comoments,
            buyers=self.buyers,
        )

    def mean(self, column: str) -> float | None:
        """Return the mean per visitor; ``None`` without visitors."""
        if not self.n:
            return None
        return self.means[column]

    def variance(self, column: str) -> float | None:
        """Return the sample variance (n - 1) per visitor; ``None`` below two visitors."""
        return self.covariance(column, column)

    def covariance(self, a: str, b: str) -> float | None:
        """Return the sample covariance (n - 1) of two columns; ``None`` below two visitors.

        ``KeyError`` where not summed.
        """
        if self.n < 2:
            return None
        return self.comoment(a, b) / (self.n - 1)

    def comoment(self, a: str, b: str) -> float:
        """Return the sum of products of the deviations of a and b. ``KeyError`` where not summed."""
        return self.comoments[_pair(a, b)]

    def third_comoment(self, a: str, b: str, c: str) -> float:
        """Return the sum of products of the deviations of a, b and c. ``KeyError`` where not summed."""
        return (self.third_comoments or {})[_triple(a, b, c)]


def _pair(a: str, b: str) -> Pair:
    if a <= b:
        return a, b
    return b, a


def _factor(columns: Mapping[str, float], names: tuple[str, ...]) -> float:
    """Return what a product of columns is multiplied by, where some of them are."""
    return math.prod(columns.get(name, 1.0) for name in names)


def _triple(a: str, b: str, c: str) -> Triple:
    first, second, third = sorted((a, b, c))
    return first, second, third


def _exact(value: Number) -> Exact:
    """Return the value as an exact number. Raises ``ValueError`` where it is not finite."""
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        pass
    if not math.isfinite(value):
        raise ValueError(f"a sum must be finite, got {value}")
    fraction = Fraction(value)
    if fraction.denominator == 1:
        # Arithmetic of integers is several times faster, and the database sends whole numbers as decimals.
        return fraction.numerator
    return fraction


@dataclass(frozen=True, slots=True)
class _ExactSums:
    """Raw sums over ``n`` visitors as exact numbers: of columns, of products of pairs and of triples."""

    n: int
    first: Mapping[str, Exact]
    second: Mapping[Pair, Exact]
    third: Mapping[Triple, Exact]

    @classmethod
    def of(
        cls, n: int, sums: Mapping[str, Number], cross_sums: Mapping[Pair, Number], third_sums: Mapping[Triple, Number]
    ) -> _ExactSums:
        """Take the sums as they are given, the names of a pair or triple in any order."""
        first, second, third = {}, {}, {}
        for name, value in sums.items():
            first[name] = _exact(value)
        for pair, value in cross_sums.items():
            second[_pair(*pair)] = _exact(value)
        for triple, value in third_sums.items():
            third[_triple(*triple)] = _exact(value)
        return cls(n, first, second, third)

    def check_names(self) -> None:
        """Raise ``ValueError`` where a name has no sum, or a triple lacks one of its pairs: centring needs them."""
        for key in (*self.second, *self.third):
            if missing := set(key) - set(self.first):
                raise ValueError(f"no sum of {', '.join(sorted(missing))}")
        for a, b, c in self.third:
            if missing_pairs := {(a, b), (a, c), (b, c)} - set(self.second):
                raise ValueError(f"no cross sum of {sorted(missing_pairs)}")

    def means(self) -> dict[str, float]:
        """Return the mean of each column; 0 without visitors."""
        if not self.n:
            return dict.fromkeys(self.first, 0.0)
        return {name: float(Fraction(total, self.n)) for name, total in self.first.items()}

    def comoments(self) -> dict[Pair, float]:
        """Return each pair's sum of products of deviations, ``sum(ab) - sum(a) sum(b) / n``."""
        if not self.n:
            return dict.fromkeys(self.second, 0.0)
        comoments = {}
        for (a, b), total in self.second.items():
            centred = float(Fraction(self.n * total - self.first[a] * self.first[b], self.n))
            if a == b:
                # Sums that were rounded before they came here can leave a variance below 0.
                centred = max(centred, 0.0)
            comoments[a, b] = centred
        return comoments

    def third_comoments(self) -> dict[Triple, float]:
        """Return each triple's sum of products of deviations.

        ``sum(abc) - [sum(a) sum(bc) + sum(b) sum(ac) + sum(c) sum(ab)] / n + 2 sum(a) sum(b) sum(c) / n^2``.
        """
        if not self.n:
            return dict.fromkeys(self.third, 0.0)
        n, first, second = self.n, self.first, self.second
        comoments = {}
        for (a, b, c), total in self.third.items():
            mixed = first[a] * second[b, c] + first[b] * second[a, c] + first[c] * second[a, b]
            centred = n * (n * total - mixed) + 2 * first[a] * first[b] * first[c]
            comoments[a, b, c] = float(Fraction(centred, n * n))
        return comoments


def _merge(left: Summary, right: Summary) -> Summary:
    """Return both groups as one, by the pairwise update of Chan, Golub and LeVeque; both have visitors."""
    share = right.n / (left.n + right.n)
    delta, means = {}, {}
    for name in left.columns:
        delta[name] = right.means[name] - left.means[name]
        means[name] = left.means[name] + delta[name] * share
    buyers = None
    if left.buyers is not None and right.buyers is not None:
        buyers = left.buyers + right.buyers
    return Summary(
        n=left.n + right.n,
        columns=left.columns,
        means=means,
        comoments=_merge_comoments(left, right, delta),
        third_comoments=_merge_third_comoments(left, right, delta),
        buyers=buyers,
    )


def _merge_comoments(left: Summary, right: Summary, delta: Mapping[str, float]) -> dict[Pair, float]:
    """Return the co-moments that both sides have, about the common means; ``delta`` lies between the sides' means."""
    weight = left.n * right.n / (left.n + right.n)
    comoments = {}
    for (a, b), value in left.comoments.items():
        if (a, b) in right.comoments:
            comoments[a, b] = value + right.comoments[a, b] + delta[a] * delta[b] * weight
    return comoments


def _merge_third_comoments(left: Summary, right: Summary, delta: Mapping[str, float]) -> dict[Triple, float] | None:
    """Return the third co-moments that both sides have: each side's centre moves to the common mean.

    Pebay 2008, equation 2.1. ``None`` where a side has none.
    """
    if not left.third_comoments or not right.third_comoments:
        return None
    n = left.n + right.n
    to_left, to_right = -right.n / n, left.n / n
    cubic = left.n * to_left**3 + right.n * to_right**3

    def moved(a: str, b: str) -> float:
        return to_left * left.comoment(a, b) + to_right * right.comoment(a, b)

    comoments = {}
    for (a, b, c), value in left.third_comoments.items():
        if (a, b, c) not in right.third_comoments:
            continue
        spread = delta[a] * moved(b, c) + delta[b] * moved(a, c) + delta[c] * moved(a, b)
        both = value + right.third_comoments[a, b, c]
        comoments[a, b, c] = both + spread + cubic * delta[a] * delta[b] * delta[c]
    return comoments
