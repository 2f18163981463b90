"""One class for each shop system whose webhooks can be read, with the steps to process a delivery."""
