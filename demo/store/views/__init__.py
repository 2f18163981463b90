"""The demo store's views: browsing, cart, checkout, visitor."""
