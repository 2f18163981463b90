"""What a store's customers are worth: cohorts, forecast, replenishment, and tests, in stored figures."""
