"""How the demo store's pages write prices."""
