"""After the order: contacts, what they agreed to, journeys of messages, and the tests that these are."""
