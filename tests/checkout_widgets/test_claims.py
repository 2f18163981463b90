"""What may be claimed."""

import pytest

from checkout_widgets.claims import OfferClaim, claims_in, is_honest, share_percent, true_claims


def test_claims_are_found_by_their_placeholders():
    assert claims_in(["Save {saving}", "{price}", "{share} of {share_base}"]) == {OfferClaim.SAVING, OfferClaim.SHARE}
    assert is_honest("From {price}", frozenset())
    assert not is_honest("{quote}", frozenset({OfferClaim.SHARE}))


@pytest.mark.parametrize(
    ("owners_with", "owners", "percent"),
    [
        (34, 99, None),  # too few
        (34, 100, None),  # Wilson's interval is 25.5 to 43.7: half of it is 9.1 points
        (69, 200, 34),  # 28.3 to 41.3: 6.5 points; 34.5% is rounded down
        (10, 100, 10),  # 5.5 to 17.4: 6.0 points
        (0, 5_000, None),  # nobody is no claim
        (5_000, 5_000, 100),
    ],
)
def test_share_is_said_where_enough_owners_bear_it_out_and_rounded_down(owners_with, owners, percent):
    assert share_percent(owners_with, owners) == percent


def test_true_claims_follow_the_figures():
    assert true_claims(saving_minor=0, recent_orders=9) == frozenset()
    assert true_claims(saving_minor=1, recent_orders=10, owners=200, owners_with=69, has_quote=True) == set(OfferClaim)
