"""What goes best with a cart, from memory."""

import pytest

from checkout_widgets.edge.pairs import PairArm, Pairing, StorePairs, store_pairs
from checkout_widgets.edge.rows import PairChoice, PairedProduct, PairRows
from checkout_widgets.models import PairSource
from checkout_widgets.recommending.lists import lists_of, unpack
from experiments.assignment.targeting import Context

SKUS = ("tea", "cup", "pot", "tin", "mat", "bun")
IDS = {sku: 100 + number for number, sku in enumerate(SKUS)}
TEA, CUP, POT, TIN, MAT, BUN = (IDS[sku] for sku in SKUS)
COUNTED = [(TEA, CUP, 0.5), (TEA, POT, 0.4), (TEA, TIN, 0.3), (CUP, TIN, 0.35), (CUP, TEA, 0.2), (CUP, POT, 0.1)]


def pairs_with(*choices: tuple[int | None, str, int, bool], sold_out: tuple[str, ...] = ()) -> StorePairs:
    products = []
    for sku, product_id in IDS.items():
        category = "drinks" if sku in ("tea", "mat") else ""
        products.append(PairedProduct(product_id, sku.upper(), sku.title(), category, "", 500, sku not in sold_out))
    chosen = [PairChoice(number, *choice) for number, choice in enumerate(choices)]
    return store_pairs(PairRows(7, lists_of(COUNTED).pack(), chosen, products))


def best(pairs: StorePairs, *skus: str, owned: tuple[str, ...] = (), source: str = PairSource.ALL) -> list[str]:
    return [pairs.products[place].sku.lower() for place in pairs.best(skus, owned, source)]


def test_best_are_counted_ones_in_their_order():
    pairs = pairs_with()
    assert best(pairs, "tea") == ["cup", "pot"]
    assert best(pairs, "mat") == []
    assert best(pairs, "unknown") == []
    assert best(pairs) == []


def test_best_of_a_cart_adds_scores_up():
    # tin: 0.3 + 0.35 beside both; pot: 0.4 + 0.1; tea and cup are in the cart
    assert best(pairs_with(), "cup", "tea") == ["tin", "pot"]


def test_best_never_is_sold_out_owned_or_in_the_cart():
    assert best(pairs_with(sold_out=("cup",)), "tea") == ["pot", "tin"]
    assert best(pairs_with(), "tea", owned=("cup", "pot")) == ["tin"]
    assert best(pairs_with(), "tea", "cup", "pot") == ["tin"]


def test_best_begins_with_pins_of_the_product_then_of_its_category():
    pairs = pairs_with((None, "drinks", BUN, False), (TEA, "", TIN, False))
    assert best(pairs, "tea") == ["tin", "bun"]
    assert best(pairs, "mat") == ["bun"]
    assert best(pairs, "cup") == ["tin", "tea"]


def test_best_of_one_source_leaves_the_other_out():
    pairs = pairs_with((TEA, "", BUN, False))
    assert best(pairs, "tea") == ["bun", "cup"]
    assert best(pairs, "tea", source=PairSource.PINNED) == ["bun"]
    assert best(pairs, "tea", source=PairSource.COUNTED) == ["cup", "pot"]


def test_best_is_never_banned_beside_anything_in_the_cart_or_everywhere():
    assert best(pairs_with((TEA, "", CUP, True)), "tea") == ["pot", "tin"]
    assert best(pairs_with((None, "drinks", CUP, True)), "tea") == ["pot", "tin"]
    assert best(pairs_with((None, "", CUP, True)), "tea") == ["pot", "tin"]
    assert best(pairs_with((CUP, "", TIN, True)), "cup", "tea") == ["pot"]
    assert best(pairs_with((TEA, "", CUP, True), (None, "drinks", CUP, False)), "tea") == ["pot", "tin"]


def test_products_that_are_gone_are_not_suggested():
    rows = PairRows(1, lists_of([(TEA, 999, 0.9), (TEA, CUP, 0.5), (999, TEA, 0.5)]).pack())
    for sku in ("tea", "cup"):
        rows.products.append(PairedProduct(IDS[sku], sku, sku, "", "", 500, True))
    assert best(store_pairs(rows), "tea") == ["cup"]
    assert best(store_pairs(rows), "tea", "cup") == []


def test_packed_lists_come_back_as_they_were():
    lists = lists_of(COUNTED)
    again = unpack(lists.pack())
    assert list(again.products) == [TEA, CUP]
    assert list(again.ends) == [3, 6]
    assert list(again.suggested) == [CUP, POT, TIN, TIN, TEA, POT]
    assert again.scores == lists.scores
    assert list(unpack(b"").products) == []


@pytest.mark.parametrize(
    ("skus", "shown"),
    [
        ({"tea"}, {"one": ("cup",), "two": ("cup", "pot"), "pinned": ("bun",)}),
        ({"cup"}, None),  # nothing is pinned beside it
        ({"mat"}, None),
    ],
)
def test_pairing_shows_nothing_in_any_arm_where_one_could_not(skus, shown):
    pairs = pairs_with((TEA, "", BUN, False))
    arms = {
        "one": PairArm((0,), PairSource.COUNTED),
        "two": PairArm((0, 1), PairSource.COUNTED),
        "pinned": PairArm((0,), PairSource.PINNED),
    }
    would = Pairing(pairs, arms).would_show(Context(skus=frozenset(skus)))
    if shown is None:
        assert would is None
    else:
        assert would is not None
        found = {
            arm: tuple(pairs.products[place].sku.lower() for place in places)
            for arm, places in zip(arms, would, strict=True)
        }
        assert found == shown


def test_sample_prefers_a_product_with_two():
    pairs = pairs_with()
    assert [pairs.products[place].sku for place in pairs.sample(PairSource.ALL)] == ["CUP", "POT"]
    assert pairs.sample(PairSource.PINNED) == ()
