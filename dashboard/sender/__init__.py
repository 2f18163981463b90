"""Who a store's messages to customers are from: name, address, limits, the domain's records, and the switch."""
