"""Whether a store's messages arrive: counts by day against the limits, and what to do where one is near."""
