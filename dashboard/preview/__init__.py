"""What shoppers see of a test: pictures of its variants, by the snippet itself, and whether the store showed them."""
