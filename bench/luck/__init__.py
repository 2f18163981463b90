"""How much winners promise beyond what they keep: programmes of simulated tests, read by four estimators."""
