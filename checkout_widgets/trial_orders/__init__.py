"""Test orders: stored by the same steps as a shop's own and undone at once, so that nothing ever counts them."""
