"""What goes with a cart, from memory: a store's counted lists and its merchandisers' choices; pure, no database.

Pinned for a product in the cart comes first, then pinned for its category, then what is counted, added up over the
cart. Never what is in the cart or owned already, what can't be bought, and what is banned beside anything in the cart.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from checkout_widgets.edge.rows import PairChoice, PairedProduct, PairRows
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.models.offer import PairSource
from checkout_widgets.recommending.lists import CountedLists, unpack
from experiments.assignment.targeting import Context

WANTED = 2  # the best and the second best: no offer sells more
NOBODYS: frozenset[str] = frozenset()
Places = tuple[int, ...]
Scores = dict[int, float]  # of what is bought with a product, by its place, the best first
NO_SCORES: Scores = {}  # of all products with which nothing is bought: one for all of them


class MerchandiserChoices(NamedTuple):
    """What merchandisers said, by places of products.

    ``pinned`` are a product's, each with its rank among all pins of the store; ``banned`` are those beside it.
    """

    pinned: dict[int, tuple[tuple[int, int], ...]]
    banned: dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class StorePairs:
    """The pairs of a store. Products are told by their place in ``products``.

    ``scores[n]`` are those of what is bought with the product at place n: flat arrays would take half of the memory,
    but carts of several products more time. ``is_left`` says whether a product can be suggested.
    """

    version: int
    products: tuple[PairedProduct, ...]
    places: dict[str, int]  # by lower-case SKU
    scores: tuple[Scores, ...]
    choices: MerchandiserChoices
    is_left: bytearray

    def best(self, skus: Collection[str], owned: Collection[str], source: str) -> Places:
        """Return the places of what goes best with these lower-case SKUs, the best first: two at most."""
        beside = self.places_of(skus)
        if not beside:
            return ()
        excluded = set(beside)
        if owned:
            excluded.update(self.places_of(owned))
        if self.choices.banned:
            for place in beside:
                excluded |= self.choices.banned.get(place, frozenset())
        found: list[int] = []
        if source != PairSource.COUNTED and self.choices.pinned:
            self.take(self.pinned_beside(beside), excluded, found)
        if source != PairSource.PINNED and len(found) < WANTED:
            if len(beside) == 1:
                self.take(self.scores[beside[0]], excluded, found)
            else:
                self.take_largest(self.sums_beside(beside), excluded, found)
        return tuple(found)

    def places_of(self, skus: Iterable[str]) -> list[int]:
        """Return the places of the products that are known, in order: a set's own differs between processes."""
        places = self.places
        return sorted([places[sku] for sku in skus if sku in places])

    def take(self, candidates: Iterable[int], excluded: set[int], found: list[int]) -> None:
        """Add candidates to what was found, until there are enough."""
        is_left = self.is_left
        for place in candidates:
            if place in excluded or not is_left[place]:
                continue
            excluded.add(place)
            found.append(place)
            if len(found) == WANTED:
                return

    def take_largest(self, sums: Scores, excluded: set[int], found: list[int]) -> None:
        """Add those with the largest sums, and use the sums up: few are asked for, and to sort all takes longer.

        Of equal sums the first comes first, in the order of the products and their lists: every process answers alike.
        """
        for place in excluded:
            sums.pop(place, None)
        while sums and len(found) < WANTED:
            largest = max(sums, key=sums.__getitem__)
            del sums[largest]
            if self.is_left[largest]:
                found.append(largest)

    def pinned_beside(self, beside: list[int]) -> list[int]:
        """Return what is pinned beside these products: the store's first pins first, those of categories last."""
        pins: set[tuple[int, int]] = set()
        for place in beside:
            pins.update(self.choices.pinned.get(place, ()))
        return [place for _rank, place in sorted(pins)]

    def sums_beside(self, beside: list[int]) -> Scores:
        """Return what is bought together with these products, with the sum of its scores."""
        first, *others = beside
        sums = self.scores[first].copy()
        known = sums.get
        for place in others:
            for suggested, score in self.scores[place].items():
                sums[suggested] = known(suggested, 0.0) + score
        return sums

    def sample(self, source: str) -> Places:
        """Return what goes with some product of the store, two where any has two: what previews show without a cart."""
        return self.sample_beside(source)[1]

    def sample_beside(self, source: str) -> tuple[PairedProduct | None, Places]:
        """Return some product of the store with what goes with it, two where any has two; none where nothing does."""
        shown: tuple[PairedProduct | None, Places] = (None, ())
        for product in self.products:
            found = self.best([product.sku.lower()], NOBODYS, source)
            if len(found) == WANTED:
                return product, found
            if found and not shown[1]:
                shown = product, found
        return shown

    def has_any(self, ranks: tuple[int, ...], source: str) -> bool:
        """Whether these ranks are there for some product of the store."""
        return len(self.sample(source)) > ranks[-1]


class PairArm(NamedTuple):
    """Which suggestions an arm shows: their ranks, from which source."""

    ranks: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs that a test's arms show, by the arm's key.

    ``is_any_enough`` says whether a cart takes part with which any arm has something to show: the others then show
    nothing. ``has_others`` says whether an arm shows something else than pairs, whatever the cart. ``choices`` keeps
    the choice of an arm, by its key, what every arm would show, locale and device (``paired.py``).
    """

    pairs: StorePairs
    arms: Mapping[str, PairArm]
    is_any_enough: bool = False
    has_others: bool = False
    choices: dict[tuple[str, tuple[Places, ...], str | None, str], Any] = field(
        default_factory=dict, compare=False, repr=False
    )

    def would_show(self, context: Context | AskedContext) -> tuple[Places, ...] | None:
        """Return what each arm would show with this cart, in their order; None where the cart takes no part.

        Asked before the arm is known: who is exposed must not depend on it. Then it is asked again for the arm's offer.
        """
        if isinstance(context, Context):
            return self.worked_out(context)
        kept = context.kept_shown
        number = id(self)
        if number not in kept:
            kept[number] = self.worked_out(context)
        return kept[number]

    def worked_out(self, context: Context | AskedContext) -> tuple[Places, ...] | None:
        """Return what ``would_show`` does."""
        shown: list[Places] = []
        is_any_shown = self.has_others
        for ranks, source in self.arms.values():
            best = best_for(self.pairs, context, source)
            if len(best) > ranks[-1]:
                shown.append(of_ranks(best, ranks))
                is_any_shown = True
            elif self.is_any_enough:
                shown.append(())
            else:
                return None
        if not is_any_shown:
            return None
        return tuple(shown)


def of_ranks(best: Places, ranks: tuple[int, ...]) -> Places:
    """Return what an offer of these ranks sells of what goes best."""
    return tuple([best[rank] for rank in ranks])


def best_for(pairs: StorePairs, context: Context | AskedContext, source: str) -> Places:
    """Return what goes best with a cart, worked out once for all tests and moments that ask."""
    if isinstance(context, Context):  # of a sample, which doesn't say what somebody owns
        return pairs.best(context.skus, NOBODYS, source)
    kept = context.kept_pairs
    found = kept.get(source)
    if found is None:
        found = kept[source] = pairs.best(context.skus, context.owned, source)
    return found


def store_pairs(rows: PairRows) -> StorePairs:
    """Return a store's pairs as the edge holds them."""
    lists = unpack(rows.lists)
    place_of = {product.id: place for place, product in enumerate(rows.products)}
    places: dict[str, int] = {}
    is_left = bytearray(len(rows.products))
    for place, product in enumerate(rows.products):
        places[product.sku.lower()] = place
        is_left[place] = product.is_left
    for choice in rows.choices:
        if choice.is_banned and choice.product_id is None and not choice.category and choice.suggested_id in place_of:
            is_left[place_of[choice.suggested_id]] = False  # banned everywhere
    return StorePairs(
        version=rows.version,
        products=tuple(rows.products),
        places=places,
        scores=scores_by_place(lists, place_of),
        choices=choices_of(rows, place_of),
        is_left=is_left,
    )


def scores_by_place(lists: CountedLists, place_of: Mapping[int, int]) -> tuple[Scores, ...]:
    """Return the scores of what is bought with each product, by its place, without products that are gone."""
    by_place = [NO_SCORES] * len(place_of)
    begin = 0
    for product_id, end in zip(lists.products, lists.ends, strict=True):
        if product_id in place_of:
            scores: Scores = {}
            for suggested_id, score in zip(lists.suggested[begin:end], lists.scores[begin:end], strict=True):
                if suggested_id in place_of:
                    scores[place_of[suggested_id]] = score
            by_place[place_of[product_id]] = scores
        begin = end
    return tuple(by_place)


def places_beside(
    choice: PairChoice, by_category: Mapping[str, list[int]], place_of: Mapping[int, int]
) -> Collection[int]:
    """Return the places of the products beside which a choice holds: of one, or of all of a category."""
    if choice.product_id is not None and choice.product_id in place_of:
        return [place_of[choice.product_id]]
    if choice.category:
        return by_category.get(choice.category, [])
    return []  # banned everywhere: such a product isn't left at all


def choices_of(rows: PairRows, place_of: Mapping[int, int]) -> MerchandiserChoices:
    """Return what merchandisers said beside each product: of itself, then of its category."""
    by_category: dict[str, list[int]] = {}
    for place, product in enumerate(rows.products):
        by_category.setdefault(product.category, []).append(place)
    pinned: dict[int, list[tuple[int, int]]] = {}
    banned: dict[int, set[int]] = {}
    ordered = sorted(rows.choices, key=lambda choice: (choice.product_id is None, choice.id))
    for rank, choice in enumerate(ordered):
        suggested = place_of.get(choice.suggested_id)
        if suggested is None:
            continue
        for place in places_beside(choice, by_category, place_of):
            if choice.is_banned:
                banned.setdefault(place, set()).add(suggested)
            else:
                pinned.setdefault(place, []).append((rank, suggested))
    return MerchandiserChoices(
        {place: tuple(pins) for place, pins in pinned.items()},
        {place: frozenset(bans) for place, bans in banned.items()},
    )
