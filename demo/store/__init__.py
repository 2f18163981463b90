"""The pages of the demo store: catalogue, cart, checkout, and the ribbon that says what a visitor is to Offerlift."""
