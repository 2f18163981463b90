"""What a store's customers are worth: cohorts, forecasts, categories and tests, counted every night."""
