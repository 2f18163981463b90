"""Who a store's customers are: contacts from what shops say, merged, imported, exported, and forgotten."""
