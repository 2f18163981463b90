"""The demo store's pages: catalog, cart, checkout, and the ribbon that shows a visitor's ID and variants."""
