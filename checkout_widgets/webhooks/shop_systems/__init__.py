"""Each shop system whose webhooks are read: a class with the steps that a delivery goes through."""
