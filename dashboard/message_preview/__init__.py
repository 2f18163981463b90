"""A step's message as readers see it: on a desktop and a phone, light and dark, in each language; and test messages."""
